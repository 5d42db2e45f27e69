// SPDX-License-Identifier: Apache-2.0
// What to generate, in the words of llama-bench: pp512 reads a prompt of 512 tokens, tg128 makes
// 128 tokens one by one, pp512+tg128 does both, and @d4096 says how many tokens come before.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::bench {

struct GenerateTest {
  std::int64_t prompt = 0, tokens = 0, depth = 0;

  std::string name() const;
  std::int64_t end() const { return depth + prompt + tokens; }
  bool operator==(const GenerateTest&) const = default;
};

// A list of tests, each once; each number may be a range of bench/sweep.hpp:
// "pp128-512*2,tg32@d64". Throws Error{usage} naming `what`.
std::vector<GenerateTest> parse_generate_tests(std::string_view text, std::string_view what);

}  // namespace aiops::bench
