// SPDX-License-Identifier: Apache-2.0
#include "registry/challenge.hpp"
#include "registry/range.hpp"
#include "registry/redaction.hpp"
#include "registry/refusal.hpp"
#include "registry/retry.hpp"
#include "tests/fuzz/harness.hpp"

// What a registry says in headers and error bodies. A wait is bounded, a range is ordered, a
// location never leaves https and never carries a line break into the next request.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::registry;
  const std::string_view text = aiops::fuzz::text_of(data, size);
  parse_challenges(text);
  next_link(text);
  if (const auto wait = parse_retry_after(text, std::chrono::system_clock::now()))
    if (wait->count() < 0 || *wait > kLongestWait) __builtin_trap();
  if (const auto range = parse_content_range(text))
    if (range->first > range->last || (range->total && *range->total <= range->last))
      __builtin_trap();
  const Url base{"https", "h:5000", "/v2/a/blobs/uploads/?x=1"};
  aiops::fuzz::refuses_politely([&] {
    const Url url = resolve_location(base, text);
    if (!url.is_https() || url.str().find_first_of("\r\n ") != std::string::npos) __builtin_trap();
    if (Url::parse(url.str(), "again").str() != url.str()) __builtin_trap();
  });
  Response response;
  response.status = 400;
  response.url = base;
  response.body = text;
  if (refusal(response, "test").message.find('\n') != std::string::npos) __builtin_trap();
  error_code(response);
  redacted(text);
  return 0;
}
