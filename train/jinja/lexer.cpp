// SPDX-License-Identifier: Apache-2.0
#include "train/jinja/lexer.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "train/unicode/utf8.hpp"

#include <algorithm>
#include <array>

namespace aiops::train::jinja {
namespace {

using Kind = Token::Kind;

constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kLongestReason = 300;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

// Jinja makes every line end a line feed and drops the last one.
std::string normalised(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      out += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else {
      out += text[i];
    }
  }
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

class Scanner {
 public:
  Scanner(std::string_view text, std::string_view what) : text_(normalised(text)), what_(what) {}

  std::vector<Token> scan() {
    while (at_ < text_.size()) {
      const std::size_t tag = find_tag(at_);
      add_text(tag);
      if (tag == std::string::npos) break;
      scan_tag();
    }
    tokens_.push_back({Kind::end, {}, line_});
    return std::move(tokens_);
  }

 private:
  std::string_view rest() const { return std::string_view(text_).substr(at_); }
  bool starts(std::string_view mark) const { return rest().starts_with(mark); }

  void advance(std::size_t count) {
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                         text_.begin() + static_cast<std::ptrdiff_t>(at_ + count),
                                         '\n'));
    at_ += count;
  }

  std::size_t find_tag(std::size_t from) const {
    for (std::size_t at = text_.find('{', from); at != std::string::npos;
         at = text_.find('{', at + 1))
      if (at + 1 < text_.size() && std::string_view("%{#").find(text_[at + 1]) != std::string::npos)
        return at;
    return std::string::npos;
  }

  // The text up to a tag, without what the tag's sign and lstrip_blocks take away from it.
  void add_text(std::size_t tag) {
    const std::size_t end = std::min(tag, text_.size());
    std::string text = text_.substr(at_, end - at_);
    const bool line_starting = at_ == 0 || text_[at_ - 1] == '\n';
    if (tag != std::string::npos && tag + 2 < text_.size()) {
      const char sign = text_[tag + 2];
      if (sign == '-') {
        while (!text.empty() && is_space(text.back())) text.pop_back();
      } else if (sign != '+' && text_[tag + 1] != '{') {
        strip_line_start(text, line_starting);
      }
    }
    const int line = line_;
    advance(end - at_);
    if (!text.empty()) tokens_.push_back({Kind::text, std::move(text), line});
  }

  static void strip_line_start(std::string& text, bool line_starting) {
    std::size_t start = text.size();
    while (start > 0 && is_blank(text[start - 1])) --start;
    if (start == 0 ? line_starting : text[start - 1] == '\n') text.resize(start);
  }

  void scan_tag() {
    const char kind = text_[at_ + 1];
    advance(2);
    if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) advance(1);
    if (kind == '#') return skip_comment();
    const bool prints = kind == '{';
    tokens_.push_back({prints ? Kind::print_begin : Kind::tag_begin, {}, line_});
    const std::size_t first = tokens_.size();
    while (!ends_tag(prints)) scan_token();
    if (!prints && tokens_.size() == first + 1 && tokens_[first].text == "raw") return raw();
    tokens_.push_back({prints ? Kind::print_end : Kind::tag_end, {}, line_});
  }

  // Whether the tag ends here; skips its end, and the white space that the end takes with it.
  bool ends_tag(bool prints) {
    while (at_ < text_.size() && is_space(text_[at_])) advance(1);
    if (at_ == text_.size()) refuse(what_, line_, "a tag has no end");
    const std::string_view end = prints ? "}}" : "%}";
    // The } of a dictionary may stand before the end of the tag.
    if (prints && open_braces_ > 0) return false;
    const bool has_sign = text_[at_] == '-' || (!prints && text_[at_] == '+');
    if (!rest().substr(has_sign ? 1 : 0).starts_with(end)) return false;
    const char sign = has_sign ? text_[at_] : ' ';
    advance(2 + (has_sign ? 1 : 0));
    skip_after_tag(sign, !prints);
    return true;
  }

  void skip_after_tag(char sign, bool trims_line_feed) {
    if (sign == '-')
      while (at_ < text_.size() && is_space(text_[at_])) advance(1);
    else if (sign != '+' && trims_line_feed && starts("\n"))
      advance(1);
  }

  void skip_comment() {
    const std::size_t end = text_.find("#}", at_);
    if (end == std::string::npos) refuse(what_, line_, "a comment has no end");
    const char before = end > at_ ? text_[end - 1] : ' ';
    advance(end + 2 - at_);
    skip_after_tag(before == '-' || before == '+' ? before : ' ', true);
  }

  // {% raw %}: text up to {% endraw %}, whatever it holds.
  void raw() {
    tokens_.resize(tokens_.size() - 2);
    for (std::size_t tag = text_.find("{%", at_); tag != std::string::npos;
         tag = text_.find("{%", tag + 2)) {
      const std::size_t word = text_.find_first_not_of("-+ \t\n", tag + 2);
      if (word == std::string::npos || text_.compare(word, 6, "endraw") != 0) continue;
      add_text(tag);
      advance(word + 6 - at_);
      if (!ends_tag(false)) break;
      return;
    }
    refuse(what_, line_, "raw has no endraw");
  }

  void scan_token() {
    const char c = text_[at_];
    if (c == '\'' || c == '"') return scan_string(c);
    if (is_digit(c)) return scan_number();
    if (is_name(c)) {
      std::size_t end = at_;
      while (end < text_.size() && is_name(text_[end])) ++end;
      return add(Kind::name, end - at_);
    }
    static constexpr std::array<std::string_view, 7> kDoubles{
        "==", "!=", ">=", "<=", "//", "**", "||"};
    for (const std::string_view mark : kDoubles)
      if (starts(mark)) return add(Kind::mark, 2);
    if (std::string_view("+-/*%~[](){}><=.:|,").find(c) == std::string_view::npos)
      refuse(what_, line_, std::string("'") + c + "' means nothing here");
    if (c == '{') ++open_braces_;
    if (c == '}' && --open_braces_ < 0) refuse(what_, line_, "'}' without '{'");
    add(Kind::mark, 1);
  }

  void add(Kind kind, std::size_t size) {
    tokens_.push_back({kind, text_.substr(at_, size), line_});
    advance(size);
  }

  void scan_number() {
    std::size_t end = at_;
    const auto digits = [&] {
      while (end < text_.size() && is_digit(text_[end])) ++end;
    };
    digits();
    Kind kind = Kind::integer;
    if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
      kind = Kind::real;
      ++end;
      digits();
    }
    const std::size_t sign =
        end + 1 < text_.size() && (text_[end + 1] == '-' || text_[end + 1] == '+');
    if (end + sign + 1 < text_.size() && (text_[end] | 0x20) == 'e' &&
        is_digit(text_[end + sign + 1])) {
      kind = Kind::real;
      end += sign + 1;
      digits();
    }
    add(kind, end - at_);
  }

  void scan_string(char quote) {
    const int line = line_;
    std::string value;
    std::size_t at = at_ + 1;
    while (at < text_.size() && text_[at] != quote) {
      if (text_[at] == '\\' && at + 1 < text_.size())
        at += escape(at + 1, value);
      else
        value += text_[at++];
    }
    if (at >= text_.size()) refuse(what_, line, "a string has no end");
    advance(at + 1 - at_);
    tokens_.push_back({Kind::string, std::move(value), line});
  }

  // Appends what Python makes of the escape whose letter is at `at`; returns its bytes.
  std::size_t escape(std::size_t at, std::string& value) const {
    static constexpr std::string_view kLetters = "ntrabfv\\'\"0";
    static constexpr std::string_view kMeanings("\n\t\r\a\b\f\v\\'\"\0", 11);
    const char c = text_[at];
    if (const auto found = kLetters.find(c); found != std::string_view::npos) {
      value += kMeanings[found];
      return 2;
    }
    if (c == '\n') return 2;
    const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits == 0 || at + digits >= text_.size()) {
      (value += '\\') += c;
      return 2;
    }
    char32_t code = 0;
    for (std::size_t i = 1; i <= digits; ++i) {
      const auto digit = std::string_view("0123456789abcdef")
                             .find(static_cast<char>(
                                 is_digit(text_[at + i]) ? text_[at + i] : text_[at + i] | 0x20));
      if (digit == std::string_view::npos) refuse(what_, line_, "an escape is not hexadecimal");
      code = code << 4 | static_cast<char32_t>(digit);
    }
    if (!unicode::append_utf8(code, value)) refuse(what_, line_, "an escape is no character");
    return 2 + digits;
  }

  std::string text_;
  std::string_view what_;
  std::size_t at_ = 0;
  int line_ = 1;
  int open_braces_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> scan(std::string_view text, std::string_view what) {
  if (text.size() > kMostBytes) refuse(what, 1, "a template of more than 1 MiB");
  return Scanner(text, what).scan();
}

void refuse(std::string_view what, int line, const std::string& why) {
  // The reason may quote the template, or a string that it made.
  throw Error(ExitCode::failed, std::string(what) + ": line " + std::to_string(line) + ": " +
                                    printable(why.substr(0, kLongestReason)));
}

}  // namespace aiops::train::jinja
