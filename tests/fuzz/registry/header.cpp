// SPDX-License-Identifier: Apache-2.0
#include "registry/challenge.hpp"
#include "registry/range.hpp"
#include "registry/retry.hpp"
#include "registry/url.hpp"
#include "tests/fuzz/harness.hpp"

// What a registry writes into its answers: WWW-Authenticate, Content-Range, Retry-After, Link and
// Location.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::registry;
  const std::string_view text = aiops::fuzz::text_of(data, size);
  aiops::fuzz::refuses_politely([&] { parse_challenges(text); });
  aiops::fuzz::refuses_politely([&] {
    const auto range = parse_content_range(text);
    if (range && range->first > range->last) __builtin_trap();
  });
  aiops::fuzz::refuses_politely([&] {
    const auto wait = parse_retry_after(text, std::chrono::system_clock::now());
    if (wait && (wait->count() < 0 || *wait > kLongestWait)) __builtin_trap();
  });
  aiops::fuzz::refuses_politely([&] { next_link(text); });
  return aiops::fuzz::refuses_politely([&] {
    const Url url = resolve_location(Url{"https", "registry.example.com", "/v2/"}, text);
    if (Url::parse(url.str(), "output").str() != url.str()) __builtin_trap();
    (void)url.origin();
    (void)url.masked();
  });
}
