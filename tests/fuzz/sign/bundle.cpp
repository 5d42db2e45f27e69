// SPDX-License-Identifier: Apache-2.0
#include "sign/bundle.hpp"

#include "tests/fuzz/harness.hpp"

// A bundle that is read must be written in a form that reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops;
  return fuzz::refuses_politely([&] {
    const auto bundle = sign::parse_bundle(fuzz::text_of(data, size), "input");
    const auto again = sign::parse_bundle(sign::to_bytes(bundle), "again");
    if (again.envelope.payload != bundle.envelope.payload || again.hint != bundle.hint ||
        again.envelope.signature != bundle.envelope.signature)
      __builtin_trap();
  });
}
