// SPDX-License-Identifier: Apache-2.0
// The grammar of DESIGN section 5. Every complaint names the character that is wrong, because a
// reference is typed by hand and the eye skips what it expects.
#include "pack/reference.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <cctype>

namespace aiops::pack {
namespace {

constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxName = 255;  // distribution-spec 1.1 §pull: host and name together
constexpr std::size_t kMaxTag = 128;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) { return is_lower(c) || is_digit(c); }

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// One text being taken apart; knows where each part lies, so that complaints can point.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  [[noreturn]] void refuse(const std::string& why, std::string mend = {}) const {
    throw Error(ExitCode::usage, "bad reference '" + printable(text_.substr(0, 300)) + "': " + why,
                std::move(mend));
  }

  [[noreturn]] void refuse_at(std::string_view part, std::size_t index, const std::string& why,
                              std::string mend = {}) const {
    const auto at = static_cast<std::size_t>(part.data() - text_.data()) + index;
    refuse("'" + printable(text_.substr(at, 1)) + "' at character " + std::to_string(at + 1) + " " +
               why,
           std::move(mend));
  }

  // distribution-spec 1.1 §pull: [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*, parts joined by '/'.
  void check_name(std::string_view name) const {
    if (name.empty()) refuse("the name is empty");
    std::size_t start = 0;
    while (start <= name.size()) {
      const auto end = std::min(name.find('/', start), name.size());
      check_component(name.substr(start, end - start));
      start = end + 1;
    }
  }

  void check_tag(std::string_view tag) const {
    if (tag.empty()) refuse("nothing follows the last ':', where a tag belongs");
    if (tag.size() > kMaxTag) refuse("the tag is longer than 128 characters");
    for (std::size_t i = 0; i < tag.size(); ++i) {
      const char c = tag[i];
      if (is_lower(c) || is_upper(c) || is_digit(c) || c == '_') continue;
      if (i > 0 && (c == '.' || c == '-')) continue;
      refuse_at(tag, i, i == 0 ? "cannot begin a tag" : "cannot be in a tag");
    }
  }

  // host[:port], or [ipv6][:port]
  void check_host(std::string_view host) const {
    auto name = host;
    if (host.front() == '[') {
      const auto close = host.find(']');
      if (close == std::string_view::npos) refuse("the host's '[' has no ']'");
      for (std::size_t i = 1; i < close; ++i)
        if (std::isxdigit(static_cast<unsigned char>(host[i])) == 0 && host[i] != ':')
          refuse_at(host, i, "cannot be in an IPv6 address");
      name = host.substr(0, close + 1);
    } else {
      name = host.substr(0, host.find(':'));
      if (name.empty()) refuse("the host is empty");
      for (std::size_t i = 0; i < name.size(); ++i)
        if (!is_name_char(to_lower(name.substr(i, 1))[0]) && name[i] != '.' && name[i] != '-')
          refuse_at(name, i, "cannot be in a host name");
    }
    if (name.size() == host.size()) return;
    const auto port = host.substr(name.size() + 1);
    const bool digits = std::all_of(port.begin(), port.end(), is_digit);
    if (host[name.size()] != ':' || port.empty() || port.size() > 5 || !digits ||
        std::stoul(std::string(port)) > 65535)
      refuse("'" + printable(port) + "' is not a port");
  }

  // Cuts "@algorithm:hex" off the end of `rest`. A path may hold an '@' of its own.
  std::optional<Digest> cut_digest(std::string_view& rest, bool may_be_path) const {
    const auto at = rest.rfind('@');
    if (at == std::string_view::npos) return std::nullopt;
    const auto digest = rest.substr(at + 1);
    if (!Digest::is_valid(digest)) {
      if (may_be_path) return std::nullopt;
      refuse("'" + printable(digest.substr(0, 140)) + "' after '@' is not a digest",
             "write it as sha256:<64 lower-case hex digits>");
    }
    rest = rest.substr(0, at);
    return Digest::parse(digest);
  }

 private:
  void check_component(std::string_view part) const {
    if (part.empty()) refuse("the name has an empty part beside a '/'");
    for (std::size_t i = 0; i < part.size(); ++i) {
      const char c = part[i];
      if (is_name_char(c)) continue;
      if (is_upper(c))
        refuse_at(part, i, "is upper case, and names are lower case", "write " + to_lower(part));
      if (c != '.' && c != '_' && c != '-') refuse_at(part, i, "cannot be in a name");
      if (i == 0) refuse_at(part, i, "cannot begin a part of a name");
      if (i + 1 == part.size()) refuse_at(part, i, "cannot end a part of a name");
      check_separator(part, i);
    }
  }

  // Separators are one '.', one or two '_', or any number of '-'.
  void check_separator(std::string_view part, std::size_t i) const {
    if (is_name_char(part[i - 1])) return;
    const bool dashes = part[i] == '-' && part[i - 1] == '-';
    const bool two_underscores = part[i] == '_' && part[i - 1] == '_' && is_name_char(part[i - 2]);
    if (!dashes && !two_underscores) refuse_at(part, i, "cannot follow another separator");
  }

  std::string_view text_;
};

Reference parse_place(const Parser& parser, Reference::Kind kind, std::string_view rest) {
  Reference reference;
  reference.kind = kind;
  if (kind != Reference::Kind::directory) {
    reference.digest = parser.cut_digest(rest, true);
    // A colon begins a tag unless a '/' follows it: then it belongs to the path.
    const auto colon = rest.rfind(':');
    if (colon != std::string_view::npos && rest.find('/', colon) == std::string_view::npos) {
      parser.check_tag(rest.substr(colon + 1));
      reference.tag = rest.substr(colon + 1);
      rest = rest.substr(0, colon);
    }
  }
  if (rest.empty()) parser.refuse("the path is empty");
  reference.path = rest;
  return reference;
}

bool is_host(std::string_view first) {
  return first == "localhost" || first.find_first_of(".:") != std::string_view::npos ||
         first.starts_with('[');
}

void refuse_path(const Parser& parser, std::string_view text) {
  if (text.starts_with('/') || text.starts_with("./") || text.starts_with("../") ||
      text.starts_with('~') || text == "." || text == "..")
    parser.refuse("this is a path, and a reference names an artifact",
                  "write oci:" + std::string(text) +
                      " for an OCI layout, or dir:" + std::string(text) + " for plain files");
}

Reference parse_name(const Parser& parser, std::string_view text) {
  refuse_path(parser, text);
  Reference reference;
  auto rest = text;
  reference.digest = parser.cut_digest(rest, false);
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos && slash > 0 && is_host(rest.substr(0, slash))) {
    reference.kind = Reference::Kind::registry;
    parser.check_host(rest.substr(0, slash));
    reference.host = rest.substr(0, slash);
    rest = rest.substr(slash + 1);
  }
  const auto last_slash = rest.rfind('/');
  const auto colon = rest.find(':', last_slash == std::string_view::npos ? 0 : last_slash);
  if (colon != std::string_view::npos) {
    parser.check_tag(rest.substr(colon + 1));
    reference.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
  }
  if (rest.size() + reference.host.size() > kMaxName)
    parser.refuse("the name is longer than 255 characters");
  parser.check_name(rest);
  reference.repository = rest;
  return reference;
}

}  // namespace

Reference Reference::parse(std::string_view text) {
  const Parser parser(text);
  if (text.empty()) throw Error(ExitCode::usage, "bad reference: it is empty");
  if (text.size() > kMaxText)
    throw Error(ExitCode::usage, "bad reference: it is longer than 4096 characters");
  for (std::size_t i = 0; i < text.size(); ++i)
    if (static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7f)
      parser.refuse_at(text, i, "is a control character");
  if (text.starts_with("oci:")) return parse_place(parser, Kind::layout, text.substr(4));
  if (text.starts_with("archive:")) return parse_place(parser, Kind::archive, text.substr(8));
  if (text.starts_with("dir:")) return parse_place(parser, Kind::directory, text.substr(4));
  const auto scheme = text.find("://");
  if (scheme != std::string_view::npos)
    parser.refuse("a reference has no scheme", "write " + std::string(text.substr(scheme + 3)));
  return parse_name(parser, text);
}

std::string Reference::name() const {
  switch (kind) {
    case Kind::registry:
      return host + "/" + repository;
    case Kind::store:
      return repository;
    case Kind::layout:
      return "oci:" + path.string();
    case Kind::archive:
      return "archive:" + path.string();
    case Kind::directory:
      return "dir:" + path.string();
  }
  return repository;
}

std::string Reference::str() const {
  std::string text = name();
  if (!tag.empty()) text += ":" + tag;
  if (digest) text += "@" + digest->str();
  return text;
}

std::string Reference::tag_or_latest() const {
  if (!tag.empty() || digest || kind == Kind::directory) return tag;
  return "latest";
}

bool Reference::is_loopback() const {
  if (kind != Kind::registry) return false;
  if (host.starts_with("[")) return host.substr(0, host.find(']') + 1) == "[::1]";
  const std::string name_only = to_lower(host.substr(0, host.find(':')));
  if (name_only == "localhost") return true;
  if (!name_only.starts_with("127.")) return false;
  // 127.0.0.0/8 and nothing that merely looks like it: 127.example.com is somebody's host.
  return std::count(name_only.begin(), name_only.end(), '.') == 3 &&
         std::all_of(name_only.begin(), name_only.end(),
                     [](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace aiops::pack
