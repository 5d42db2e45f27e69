// SPDX-License-Identifier: Apache-2.0
#include "pack/safetensors.hpp"

#include "tests/fuzz/harness.hpp"

// The input is a whole file. Whatever is accepted must lie inside it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return aiops::fuzz::refuses_politely([&] {
    const auto header =
        aiops::pack::parse_safetensors_header(std::as_bytes(std::span(data, size)), size, "input");
    for (const auto& tensor : header.tensors) {
      if (tensor.begin > tensor.end || header.data_start + tensor.end > size) __builtin_trap();
      (void)tensor.elements();
    }
  });
}
