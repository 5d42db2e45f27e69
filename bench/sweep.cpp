// SPDX-License-Identifier: Apache-2.0
#include "bench/sweep.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/spelling.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace aiops::bench {
namespace {

constexpr std::size_t kMostValues = 1000;

[[noreturn]] void refuse(std::string_view what, std::string_view item, const std::string& why) {
  throw Error(ExitCode::usage, std::string(what) + ": '" + printable(item) + "' " + why,
              "write a list or a range, such as 64,128 or 128-1024*2 or 100-500+100");
}

template <typename T>
void add(std::vector<T>& values, T value, std::string_view what) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  if (values.size() > kMostValues)
    throw Error(ExitCode::usage,
                std::string(what) + ": more than " + std::to_string(kMostValues) + " values");
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> items;
  for (;;) {
    const auto comma = text.find(',');
    items.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

std::int64_t whole_number(std::string_view text, std::string_view what) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    refuse(what, text, "is not a whole number");
  return value;
}

// The value after `value` in a range, or nothing when it would overflow or pass `high`.
bool advance(std::int64_t& value, char operation, std::int64_t by, std::int64_t high) {
  const bool overflows = operation == '+' ? __builtin_add_overflow(value, by, &value)
                                          : __builtin_mul_overflow(value, by, &value);
  return !overflows && value <= high;
}

}  // namespace

std::vector<std::int64_t> parse_sweep(std::string_view text, std::string_view what,
                                      const ReadNumber& read) {
  std::vector<std::int64_t> values;
  for (const std::string_view item : split(text)) {
    const auto positive = [&](std::string_view number) {
      const std::int64_t value = read(number);
      if (value < 1) refuse(what, item, "is less than 1");
      return value;
    };
    const auto dash = item.find('-', 1);
    if (dash == std::string_view::npos) {
      add(values, positive(item), what);
      continue;
    }
    const std::string_view rest = item.substr(dash + 1);
    const auto sign = rest.find_first_of("+*");
    if (sign == std::string_view::npos) refuse(what, item, "needs +STEP or *FACTOR");
    std::int64_t value = positive(item.substr(0, dash));
    const std::int64_t high = positive(rest.substr(0, sign));
    const char operation = rest[sign];
    const std::int64_t by = operation == '+' ? positive(rest.substr(sign + 1))
                                             : whole_number(rest.substr(sign + 1), what);
    if (operation == '*' && by < 2) refuse(what, item, "multiplies by less than 2");
    if (high < value) refuse(what, item, "ends before it begins");
    do add(values, value, what);
    while (advance(value, operation, by, high));
  }
  return values;
}

std::vector<std::int64_t> parse_count_sweep(std::string_view text, std::string_view what) {
  return parse_sweep(text, what,
                     [&](std::string_view number) { return whole_number(number, what); });
}

std::vector<std::int64_t> parse_byte_sweep(std::string_view text, std::string_view what) {
  return parse_sweep(text, what, [&](std::string_view number) {
    return static_cast<std::int64_t>(parse_bytes(number, what));
  });
}

std::vector<std::string> parse_word_sweep(std::string_view text, std::string_view what,
                                          const std::vector<std::string>& known) {
  std::vector<std::string> values;
  for (const std::string_view item : split(text)) {
    if (std::find(known.begin(), known.end(), item) == known.end()) {
      std::string all;
      for (const auto& word : known) all += (all.empty() ? "" : ", ") + word;
      throw Error(ExitCode::usage,
                  std::string(what) + ": '" + printable(item) + "' is not one of " + all);
    }
    add(values, std::string(item), what);
  }
  return values;
}

std::vector<std::string> parse_word_sweep(std::string_view text, std::string_view what) {
  std::vector<std::string> values;
  for (const std::string_view item : split(text)) {
    if (item.empty()) refuse(what, item, "is no word");
    add(values, std::string(item), what);
  }
  return values;
}

}  // namespace aiops::bench
