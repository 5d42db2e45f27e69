// SPDX-License-Identifier: Apache-2.0
// The sweep grammar: `a,b` lists, `low-high+step` and `low-high*factor` ranges, mixed with commas:
// "64,128-512*2" is 64, 128, 256, 512. A range ends at the last value that does not exceed `high`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::bench {

// Reads one number of a sweep, such as "64KiB"; throws Error{usage}.
using ReadNumber = std::function<std::int64_t(std::string_view)>;

// Values in the order written, each once. Throws Error{usage} naming `what` on anything else than
// the grammar, on a value below 1, and on more than 1000 values.
std::vector<std::int64_t> parse_sweep(std::string_view text, std::string_view what,
                                      const ReadNumber& read);
// Whole numbers, and sizes in bytes ("32KiB,1MiB-64MiB*4").
std::vector<std::int64_t> parse_count_sweep(std::string_view text, std::string_view what);
std::vector<std::int64_t> parse_byte_sweep(std::string_view text, std::string_view what);

// A list of words, each one of `known`, each once.
std::vector<std::string> parse_word_sweep(std::string_view text, std::string_view what,
                                          const std::vector<std::string>& known);
// The same of any words.
std::vector<std::string> parse_word_sweep(std::string_view text, std::string_view what);

}  // namespace aiops::bench
