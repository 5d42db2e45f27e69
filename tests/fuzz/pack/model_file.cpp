// SPDX-License-Identifier: Apache-2.0
#include "pack/model_file.hpp"

#include "tests/fuzz/harness.hpp"

// Whatever an aiops.yaml holds, it is read or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return aiops::fuzz::refuses_politely(
      [&] { (void)aiops::pack::parse_model_file("input", aiops::fuzz::text_of(data, size)); });
}
