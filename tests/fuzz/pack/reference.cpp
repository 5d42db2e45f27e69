// SPDX-License-Identifier: Apache-2.0
#include "pack/reference.hpp"

#include "tests/fuzz/harness.hpp"

// What is accepted must be written and read back as the same text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using aiops::pack::Reference;
  return aiops::fuzz::refuses_politely([&] {
    const Reference reference = Reference::parse(aiops::fuzz::text_of(data, size));
    if (Reference::parse(reference.str()).str() != reference.str()) __builtin_trap();
    (void)reference.name();
    (void)reference.tag_or_latest();
    (void)reference.is_loopback();
  });
}
