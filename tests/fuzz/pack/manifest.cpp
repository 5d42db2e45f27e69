// SPDX-License-Identifier: Apache-2.0
#include "pack/manifest.hpp"

#include "pack/layout_index.hpp"
#include "tests/fuzz/harness.hpp"

// Manifests, indexes and a layout's index.json. What is accepted must survive being written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::pack;
  const std::string_view text = aiops::fuzz::text_of(data, size);
  aiops::fuzz::refuses_politely([&] {
    const std::string bytes = Manifest::parse(text, "input").to_bytes();
    if (Manifest::parse(bytes, "output").to_bytes() != bytes) __builtin_trap();
  });
  aiops::fuzz::refuses_politely([&] {
    const std::string bytes = Index::parse(text, "input").to_bytes();
    if (Index::parse(bytes, "output").to_bytes() != bytes) __builtin_trap();
  });
  return aiops::fuzz::refuses_politely([&] {
    const std::string bytes = LayoutIndex::parse(text, "input").to_bytes();
    if (LayoutIndex::parse(bytes, "output").to_bytes() != bytes) __builtin_trap();
  });
}
