// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/harness.hpp"
#include "train/checkpoint/manifest.hpp"

// What is accepted is written back and read again as the same files.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using aiops::train::CheckpointManifest;
  return aiops::fuzz::refuses_politely([&] {
    const auto manifest = CheckpointManifest::parse(aiops::fuzz::text_of(data, size), "input");
    const auto again = CheckpointManifest::parse(manifest.to_text(), "again");
    if (again.to_text() != manifest.to_text()) __builtin_trap();
    for (const auto& file : manifest.files)
      if (again.find(file.path) == nullptr) __builtin_trap();
  });
}
