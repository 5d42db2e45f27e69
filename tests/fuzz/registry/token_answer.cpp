// SPDX-License-Identifier: Apache-2.0
#include "registry/token_answer.hpp"

#include "tests/fuzz/harness.hpp"

#include <algorithm>

// What a token server answers: the token goes into a header field, its life into a comparison.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return aiops::fuzz::refuses_politely([&] {
    const auto answer =
        aiops::registry::parse_token_answer(aiops::fuzz::text_of(data, size), "auth.example.com");
    const bool plain = std::all_of(answer.token.begin(), answer.token.end(),
                                   [](unsigned char c) { return c > 0x20 && c < 0x7F; });
    if (answer.token.empty() || !plain || answer.life.count() < 1 || answer.life.count() > 86400)
      __builtin_trap();
  });
}
