// SPDX-License-Identifier: Apache-2.0
#include "bench/record.hpp"

#include "bench/canonical.hpp"
#include "bench/sweep.hpp"
#include "bench/verification.hpp"
#include "tests/fuzz/harness.hpp"

// A record from elsewhere, and a sweep from the command line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = aiops::fuzz::text_of(data, size);
  aiops::fuzz::refuses_politely([&] { aiops::bench::parse_count_sweep(text, "--m"); });
  aiops::fuzz::refuses_politely([&] { aiops::bench::parse_byte_sweep(text, "--size"); });
  return aiops::fuzz::refuses_politely([&] {
    const aiops::Json value = aiops::parse_json(text, "input");
    const std::string canonical = aiops::bench::to_canonical(value);
    if (aiops::bench::to_canonical(aiops::parse_json(canonical, "output")) != canonical)
      __builtin_trap();
    aiops::bench::require_figures(value, {}, "input");
  });
}
