// SPDX-License-Identifier: Apache-2.0
#include "registry/redaction.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace aiops::registry {
namespace {

constexpr std::size_t kShortestSecret = 8;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool starts_with(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                    [](char wanted, char c) { return wanted == lower(c); });
}

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

// Where a value ends, in prose, JSON, HTML and URLs alike.
std::size_t value_end(std::string_view text, std::string_view stops) {
  return std::min(text.find_first_of(stops), text.size());
}

// "authentication" after "Basic" is prose; a token has a digit, a sign, or capitals inside.
bool is_secret(std::string_view word) {
  if (word.size() < kShortestSecret) return false;
  return !std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// How much of `text`, which begins a word, is a name whose value is secret; 0: it is none.
std::size_t secret_name(std::string_view text) {
  constexpr std::array<std::string_view, 7> kNames = {
      "_state=", "sig=", "signature=", "token=", "access_token=", "refresh_token=", "password="};
  if (starts_with(text, "x-amz-") || starts_with(text, "x-goog-")) {
    const auto equals = text.find('=');
    const bool named = equals != std::string_view::npos &&
                       std::all_of(text.begin(), text.begin() + static_cast<long>(equals), in_word);
    return named ? equals + 1 : 0;
  }
  for (const auto name : kNames)
    if (starts_with(text, name)) return name.size();
  return 0;
}

}  // namespace

std::string redacted(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  const auto hide = [&](std::size_t kept, std::size_t hidden) {
    out.append(text.substr(at, kept)).append("…");
    at += kept + hidden;
  };
  while (at < text.size()) {
    const auto rest = text.substr(at);
    const bool word_begins = at == 0 || !in_word(text[at - 1]);
    if (rest[0] == '?' && rest.size() > 1 && in_word(rest[1])) {
      const auto query = value_end(rest, " \t\r\n\"'<>");
      if (rest.substr(0, query).find('=') != std::string_view::npos) {
        hide(1, query - 1);
        continue;
      }
    }
    if (word_begins) {
      if (const auto name = secret_name(rest); name > 0) {
        hide(name, value_end(rest.substr(name), " \t\r\n\"'<>&,;"));
        continue;
      }
      if (starts_with(rest, "basic ") || starts_with(rest, "bearer ")) {
        const auto scheme = rest.find(' ') + 1;
        const auto word = value_end(rest.substr(scheme), " \t\r\n\"'<>,;");
        if (is_secret(rest.substr(scheme, word))) {
          hide(scheme, word);
          continue;
        }
      }
    }
    out += text[at++];
  }
  return out;
}

}  // namespace aiops::registry
