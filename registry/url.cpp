// SPDX-License-Identifier: Apache-2.0
#include "registry/url.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <cctype>

namespace aiops::registry {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > 0x20 && c != 0x7F; });
}

// Names a URL without what may be secret in it: the query, and all before an '@'.
[[noreturn]] void refuse(std::string_view what, std::string_view text, const char* why) {
  text = text.substr(0, std::min(text.find('?'), std::size_t{200}));
  if (const auto at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  throw Error(ExitCode::failed, std::string(what) + " '" + printable(text) + "' " + why);
}

// Splits host[:port], where the host may be a bracketed IPv6 address.
std::pair<std::string_view, std::string_view> split_authority(std::string_view authority) {
  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket))
    return {authority, {}};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

}  // namespace

Url Url::parse(std::string_view text, std::string_view what) {
  if (!is_plain(text)) refuse(what, text, "holds a control character or a space");
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) refuse(what, text, "is not an absolute URL");
  Url url{lower(text.substr(0, colon)), {}, {}};
  if (url.scheme != "http" && url.scheme != "https") refuse(what, text, "is not http or https");
  const auto rest = text.substr(colon + 3);
  const auto end = std::min({rest.find('/'), rest.find('?'), rest.find('#'), rest.size()});
  url.authority = rest.substr(0, end);
  if (url.authority.find('@') != std::string::npos) refuse(what, text, "carries user information");
  const auto [host, port] = split_authority(url.authority);
  const bool digits =
      std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (host.empty() || !digits || port.size() > 5) refuse(what, text, "has no usable host");
  url.target = rest.substr(end, rest.find('#') - end);
  if (url.target.empty() || url.target[0] != '/') url.target.insert(0, "/");
  return url;
}

std::string Url::host() const {
  auto text = split_authority(authority).first;
  if (text.size() > 2 && text.front() == '[') text = text.substr(1, text.size() - 2);
  return lower(text);
}

std::string Url::origin() const {
  const auto port = split_authority(authority).second;
  return scheme + "://" + host() + ":" +
         (port.empty() ? std::string(is_https() ? "443" : "80") : std::string(port));
}

std::string Url::masked() const {
  const auto query = target.find('?');
  const auto path = std::string_view(target).substr(0, query);
  return printable(scheme + "://" + authority + std::string(path)) +
         (query == std::string::npos ? "" : "?…");
}

Url Url::with_query(std::string_view name, std::string_view value) const {
  Url url = *this;
  url.target += url.target.find('?') == std::string::npos ? '?' : '&';
  url.target.append(name).append("=").append(percent_encode(value));
  return url;
}

Url resolve_location(const Url& base, std::string_view location) {
  if (location.empty()) throw Error(ExitCode::failed, base.host() + " sent an empty location");
  if (!is_plain(location)) refuse("location", location, "holds a control character or a space");
  Url url = base;
  if (location.find("://") != std::string_view::npos &&
      location.find("://") < location.find_first_of("/?#")) {
    url = Url::parse(location, "location");
  } else if (location.substr(0, 2) == "//") {
    url = Url::parse(base.scheme + ":" + std::string(location), "location");
  } else if (location[0] == '/') {
    url.target = location.substr(0, location.find('#'));
  } else {
    const auto path = std::string_view(base.target).substr(0, base.target.find('?'));
    const auto kept = location[0] == '?' ? path.size() : path.rfind('/') + 1;
    url.target = std::string(path.substr(0, kept)).append(location.substr(0, location.find('#')));
  }
  if (base.is_https() && !url.is_https())
    throw Error(ExitCode::failed,
                base.host() + " answered over https with the http location " + url.masked(),
                "have the registry behind the proxy see X-Forwarded-Proto: https");
  return url;
}

bool is_loopback_host(std::string_view host) {
  const bool dotted = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "::1" || (dotted && host.substr(0, 4) == "127.");
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (unsigned char c : text) {
    if (std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == '~')
      out += static_cast<char>(c);
    else
      out.append("%").append(to_hex({reinterpret_cast<const char*>(&c), 1}));
  }
  return out;
}

std::optional<std::string> next_link(std::string_view header) {
  while (true) {
    const auto open = header.find('<');
    const auto close = header.find('>', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
    const auto target = header.substr(open + 1, close - open - 1);
    header.remove_prefix(close + 1);
    const auto parameters = lower(header.substr(0, header.find(",")));
    if (parameters.find("rel=next") != std::string::npos ||
        parameters.find("rel=\"next\"") != std::string::npos)
      return std::string(target);
  }
}

}  // namespace aiops::registry
