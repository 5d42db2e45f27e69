// SPDX-License-Identifier: Apache-2.0
// The grammar, as srun writes SLURM_STEP_NODELIST (Slurm's hostlist; ranges are never stepped):
//
//   list  = name {"," name}
//   name  = piece {piece}            piece = text | "[" range {"," range} "]"
//   range = number ["-" number]      a number keeps its leading zeros: 001-003 is three digits wide
//
// The lists come from the environment: every expansion is counted before it is made.
#include "train/ranks/hostlist.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <charconv>

namespace aiops::train {
namespace {

constexpr std::size_t kMostHosts = 65536;
constexpr std::size_t kLongestName = 255;  // RFC 1035 §2.3.4
constexpr std::size_t kMostDigits = 9;

class Reader {
 public:
  Reader(std::string_view list, std::string_view what) : rest_(list), list_(list), what_(what) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char wanted) {
    if (peek() != wanted || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) refuse();
  }

  // Digits, at least one.
  std::string_view number() {
    std::size_t size = 0;
    while (size < rest_.size() && rest_[size] >= '0' && rest_[size] <= '9') ++size;
    if (size == 0 || size > kMostDigits) refuse();
    const std::string_view digits = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return digits;
  }

  // Characters of a host name, perhaps none.
  std::string_view text() {
    std::size_t size = 0;
    while (size < rest_.size() && is_name(rest_[size])) ++size;
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }

  [[noreturn]] void refuse() const {
    const std::string shown = printable(list_.substr(0, 80));
    throw Error(ExitCode::usage, std::string(what_) + ": '" + shown + "' is not understood");
  }
  [[noreturn]] void refuse_size() const {
    throw Error(ExitCode::usage, std::string(what_) + ": more than 65536 entries");
  }

 private:
  static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  }
  std::string_view rest_, list_, what_;
};

std::uint32_t value_of(std::string_view digits) {
  std::uint32_t value = 0;  // nine digits always fit
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string padded(std::uint32_t value, std::size_t width) {
  std::string text = std::to_string(value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

// The numbers between brackets, the opening one being read.
std::vector<std::string> bracket(Reader& reader) {
  std::vector<std::string> numbers;
  do {
    const std::string_view low = reader.number();
    const std::string_view high = reader.take('-') ? reader.number() : low;
    const std::uint32_t first = value_of(low), last = value_of(high);
    if (last < first) reader.refuse();
    if (last - first >= kMostHosts - numbers.size()) reader.refuse_size();
    for (std::uint32_t i = first; i <= last; ++i) numbers.push_back(padded(i, low.size()));
  } while (reader.take(','));
  reader.expect(']');
  return numbers;
}

// Every name so far with every ending.
std::vector<std::string> product(const std::vector<std::string>& names,
                                 const std::vector<std::string>& endings, const Reader& reader) {
  if (names.size() * endings.size() > kMostHosts) reader.refuse_size();
  std::vector<std::string> all;
  for (const auto& name : names)
    for (const auto& ending : endings) {
      if (name.size() + ending.size() > kLongestName) reader.refuse();
      all.push_back(name + ending);
    }
  return all;
}

std::vector<std::string> names(Reader& reader) {
  std::vector<std::string> found{""};
  while (!reader.done() && reader.peek() != ',') {
    if (reader.take('[')) {
      found = product(found, bracket(reader), reader);
    } else {
      const std::string_view text = reader.text();
      if (text.empty()) reader.refuse();
      found = product(found, {std::string(text)}, reader);
    }
  }
  if (found.front().empty()) reader.refuse();
  return found;
}

}  // namespace

std::vector<std::string> expand_hostlist(std::string_view list, std::string_view what) {
  Reader reader(list, what);
  std::vector<std::string> hosts;
  do {
    for (auto& name : names(reader)) hosts.push_back(std::move(name));
    if (hosts.size() > kMostHosts) reader.refuse_size();
  } while (reader.take(','));
  if (!reader.done()) reader.refuse();
  return hosts;
}

std::vector<int> expand_counts(std::string_view list, std::string_view what) {
  Reader reader(list, what);
  std::vector<int> counts;
  do {
    const auto count = static_cast<int>(value_of(reader.number()));
    std::size_t times = 1;
    if (reader.take('(')) {
      reader.expect('x');
      times = value_of(reader.number());
      reader.expect(')');
    }
    if (times > kMostHosts - counts.size()) reader.refuse_size();
    counts.insert(counts.end(), times, count);
  } while (reader.take(','));
  if (!reader.done()) reader.refuse();
  return counts;
}

}  // namespace aiops::train
