// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.hpp"

#include "base/digest.hpp"
#include "base/units.hpp"
#include "tests/fuzz/harness.hpp"

// Decoders of short texts. What decodes must encode back to something that decodes the same, and
// what is made printable must be UTF-8 without control characters.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::refuses_politely([&] {
    const std::string raw = from_base64(text);
    if (from_base64(to_base64(raw)) != raw) __builtin_trap();
  });
  fuzz::refuses_politely([&] {
    const std::string raw = from_hex(text);
    if (from_hex(to_hex(raw)) != raw) __builtin_trap();
  });
  fuzz::refuses_politely([&] {
    if (Digest::parse(text).str() != text) __builtin_trap();
  });
  fuzz::refuses_politely([&] { parse_bytes(text, "input"); });
  const std::string shown = printable(text);
  if (!is_utf8(shown)) __builtin_trap();
  for (const unsigned char c : shown)
    if (c < 0x20 || c == 0x7f) __builtin_trap();
  return 0;
}
