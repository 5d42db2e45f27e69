// SPDX-License-Identifier: Apache-2.0
#include "train/jinja/python_text.hpp"

#include "train/jinja/value.hpp"
#include "train/unicode/classes.hpp"
#include "train/unicode/utf8.hpp"

#include <algorithm>

namespace aiops::train::jinja {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 32) : c; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }

// str.isspace: White_Space, and the four separators of ASCII.
bool is_space(std::string_view character) {
  const char c = character[0];
  if (c >= '\x1C' && c <= '\x1F') return true;
  return unicode::character_at(character, 0).what == unicode::Class::white_space;
}

std::size_t last_start(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

std::vector<std::string_view> split_words(std::string_view text, std::int64_t most, Side from) {
  std::vector<std::string_view> words;
  const auto rest = [&](Side side) { text = stripped(text, std::nullopt, side); };
  rest(from);
  while (!text.empty()) {
    if (most >= 0 && static_cast<std::int64_t>(words.size()) == most) {
      words.push_back(stripped(text, std::nullopt, from == Side::left ? Side::right : Side::left));
      break;
    }
    std::size_t size = 0;
    if (from == Side::left) {
      while (size < text.size() && !is_space(text.substr(size)))
        size += unicode::code_point_at(text, size).size;
      words.push_back(text.substr(0, size));
      text.remove_prefix(size);
    } else {
      std::string_view before = text;
      while (!before.empty() && !is_space(before.substr(last_start(before))))
        before = before.substr(0, last_start(before));
      words.push_back(text.substr(before.size()));
      text = before;
    }
    if (words.size() > kMostItems) throw Fault{"split makes too many parts"};
    rest(from);
  }
  return words;
}

}  // namespace

std::int64_t length(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::vector<std::string_view> characters(std::string_view text) {
  if (text.size() > kMostItems) throw Fault{"a string too long to take apart"};
  std::vector<std::string_view> all;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = unicode::code_point_at(text, at).size;
    all.push_back(text.substr(at, size));
    at += size;
  }
  return all;
}

std::string_view stripped(std::string_view text, std::optional<std::string_view> set, Side side) {
  const auto goes = [&](std::string_view character) {
    return set ? set->find(character) != std::string_view::npos : is_space(character);
  };
  while (side != Side::right && !text.empty()) {
    const std::size_t size = unicode::code_point_at(text, 0).size;
    if (!goes(text.substr(0, size))) break;
    text.remove_prefix(size);
  }
  while (side != Side::left && !text.empty()) {
    const std::size_t start = last_start(text);
    if (!goes(text.substr(start))) break;
    text = text.substr(0, start);
  }
  return text;
}

std::vector<std::string_view> split(std::string_view text,
                                    std::optional<std::string_view> separator, std::int64_t most,
                                    Side from) {
  std::vector<std::string_view> parts;
  if (!separator) {
    parts = split_words(text, most, from);
  } else {
    if (separator->empty()) throw Fault{"split at an empty separator"};
    while (most < 0 || static_cast<std::int64_t>(parts.size()) < most) {
      const std::size_t at = from == Side::left ? text.find(*separator) : text.rfind(*separator);
      if (at == std::string_view::npos) break;
      const std::string_view before = text.substr(0, at);
      const std::string_view after = text.substr(at + separator->size());
      parts.push_back(from == Side::left ? before : after);
      text = from == Side::left ? after : before;
      if (parts.size() > kMostItems) throw Fault{"split makes too many parts"};
    }
    parts.push_back(text);
  }
  if (from == Side::right) std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n\v\f\x1C\x1D\x1E");
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
    if (lines.size() > kMostItems) throw Fault{"splitlines makes too many lines"};
  }
  return lines;
}

std::string replaced(std::string_view text, std::string_view old, std::string_view with,
                     std::int64_t most) {
  std::string out;
  std::size_t at = 0;
  const auto append = [&](std::string_view part) {
    out += part;
    if (out.size() > kMostWeight) throw Fault{"replace makes a string too long"};
  };
  for (std::int64_t count = 0; most < 0 || count < most; ++count) {
    const std::size_t found = text.find(old, at + (old.empty() && count > 0 ? 1 : 0));
    if (found == std::string_view::npos) break;
    append(text.substr(at, found - at));
    append(with);
    at = found + old.size();
  }
  append(text.substr(at));
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_upper);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

std::string capitalised(std::string_view text) {
  std::string out = lower(text);
  if (!out.empty()) out[0] = to_upper(out[0]);
  return out;
}

std::string titled(std::string_view text) {
  std::string out = lower(text);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (i == 0 || (!is_lower(out[i - 1]) && !is_upper(out[i - 1]))) out[i] = to_upper(out[i]);
  return out;
}

}  // namespace aiops::train::jinja
