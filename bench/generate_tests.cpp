// SPDX-License-Identifier: Apache-2.0
#include "bench/generate_tests.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "bench/sweep.hpp"

#include <algorithm>

namespace aiops::bench {
namespace {

constexpr std::size_t kMostTests = 1000;

using Counts = std::vector<std::int64_t>;

[[noreturn]] void refuse(std::string_view what, std::string_view item) {
  throw Error(ExitCode::usage, std::string(what) + ": '" + printable(item) + "' is not a test",
              "write pp512, tg128, pp512+tg128 or tg128@d4096");
}

// "pp128-512*2" with "pp" as its numbers.
Counts counts_of(std::string_view text, std::string_view prefix, std::string_view what,
                 std::string_view item) {
  if (!text.starts_with(prefix)) refuse(what, item);
  return parse_count_sweep(text.substr(prefix.size()), what);
}

void add_tests(std::string_view item, std::string_view what, std::vector<GenerateTest>& tests) {
  Counts prompts = {0}, tokens = {0}, depths = {0};
  const auto at = item.find('@');
  const std::string_view phases = item.substr(0, at);
  if (at != std::string_view::npos && item.substr(at) != "@d0")
    depths = counts_of(item.substr(at), "@d", what, item);
  const auto second = phases.starts_with("tg") ? 0 : phases.find("+tg");
  if (second != 0) prompts = counts_of(phases.substr(0, second), "pp", what, item);
  if (second != std::string_view::npos)
    tokens = counts_of(phases.substr(second), second == 0 ? "tg" : "+tg", what, item);
  for (const std::int64_t prompt : prompts)
    for (const std::int64_t count : tokens)
      for (const std::int64_t depth : depths) {
        const GenerateTest test{prompt, count, depth};
        if (std::find(tests.begin(), tests.end(), test) == tests.end()) tests.push_back(test);
        if (tests.size() > kMostTests)
          throw Error(ExitCode::usage,
                      std::string(what) + ": more than " + std::to_string(kMostTests) + " tests");
      }
}

}  // namespace

std::string GenerateTest::name() const {
  std::string name;
  if (prompt > 0) name = "pp" + std::to_string(prompt);
  if (tokens > 0) name += (prompt > 0 ? "+tg" : "tg") + std::to_string(tokens);
  if (depth > 0) name += "@d" + std::to_string(depth);
  return name;
}

std::vector<GenerateTest> parse_generate_tests(std::string_view text, std::string_view what) {
  std::string packed(text);
  std::erase(packed, ' ');  // "tg128 @ d512", as llama-bench writes it
  std::vector<GenerateTest> tests;
  for (std::string_view rest = packed;;) {
    const auto comma = rest.find(',');
    add_tests(rest.substr(0, comma), what, tests);
    if (comma == std::string_view::npos) return tests;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace aiops::bench
