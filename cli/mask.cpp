// SPDX-License-Identifier: Apache-2.0
// Finds secrets by what stands before them: a key word, its separator, and then the value up to
// where such a value ends. One pass, no regular expressions: debug lines may be long.
#include "cli/debug_log.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace aiops {
namespace {

// Headers whose whole value is a secret.
constexpr std::array kHeaders{"authorization", "proxy-authorization", "cookie",
                              "set-cookie",    "x-registry-auth",     "x-auth-token"};
// Keys of JSON members, form fields and query parameters. A trailing '*' matches any end.
constexpr std::array kKeys{
    "password", "passwd",        "passphrase",    "token",      "access_token",  "refresh_token",
    "id_token", "identitytoken", "registrytoken", "secret",     "client_secret", "auth",
    "_state",   "sig",           "signature",     "x-amz-*",    "x-goog-*",      "awsaccesskeyid",
    "se",       "skoid",         "policy",        "key-pair-id"};

bool is_key_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool matches(const std::string& word, std::string_view pattern) {
  if (pattern.ends_with('*')) return word.starts_with(pattern.substr(0, pattern.size() - 1));
  return word == pattern;
}

bool is_secret_key(const std::string& word) {
  return std::ranges::any_of(kKeys, [&](std::string_view key) { return matches(word, key); });
}

bool is_secret_header(const std::string& word) {
  return std::ranges::any_of(kHeaders, [&](std::string_view name) { return word == name; });
}

// Where the value that starts at `at` ends: at its closing quote, or before what cannot be in it.
std::size_t value_end(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '"') {
    std::size_t end = at + 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    return std::min(end, text.size());
  }
  return std::min(text.find_first_of("& \t\r\n,;\"'}", at), text.size());
}

// The user info of "scheme://user:password@host", or npos.
std::size_t user_info_end(std::string_view text, std::size_t at) {
  const std::size_t stop = text.find_first_of("/?# \t\r\n\"'", at);
  const std::size_t sign = text.substr(0, stop).rfind('@');
  return sign != std::string_view::npos && sign >= at ? sign : std::string_view::npos;
}

// Where the secret after the key that ends at `end` begins, or npos when the key has no value.
std::size_t value_begin(std::string_view text, std::size_t end) {
  if (end < text.size() && text[end] == '"') ++end;  // "password": …
  if (end >= text.size() || (text[end] != '=' && text[end] != ':')) return std::string_view::npos;
  ++end;
  while (end < text.size() && text[end] == ' ') ++end;
  return end;
}

}  // namespace

std::string mask_secrets(std::string_view text) {
  std::string result;
  std::size_t at = 0;
  const auto hide = [&](std::size_t from, std::size_t to) {
    result += text.substr(at, from - at);
    if (to > from) result += "***";
    return at = to;
  };
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i, 3) == "://") {
      i += 3;
      const std::size_t end = user_info_end(text, i);
      if (end != std::string_view::npos) i = hide(i, end);
      continue;
    }
    if (!is_key_char(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_key_char(text[end])) ++end;
    const std::string word = lower(text.substr(i, end - i));
    const std::size_t value = value_begin(text, end);
    i = end;
    if (word == "bearer" || word == "basic") {
      if (end < text.size() && text[end] == ' ' && text.substr(end + 1, 6) != "realm=")
        i = hide(end + 1, value_end(text, end + 1));
    } else if (value != std::string_view::npos && is_secret_header(word)) {
      i = hide(value, std::min(text.find_first_of("\r\n", value), text.size()));
    } else if (value != std::string_view::npos && is_secret_key(word)) {
      const bool quoted = value < text.size() && text[value] == '"';
      const std::size_t stop = value_end(text, value);
      i = hide(value + (quoted ? 1 : 0), stop);
    }
  }
  result += text.substr(at);
  return result;
}

}  // namespace aiops
