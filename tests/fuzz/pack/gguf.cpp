// SPDX-License-Identifier: Apache-2.0
#include "pack/gguf.hpp"

#include "tests/fuzz/harness.hpp"

#include <cstring>

// A header is parsed from bytes that are read anywhere; no read may leave them, and every tensor of
// an accepted header lies inside.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return aiops::fuzz::refuses_politely([&] {
    const aiops::pack::ByteSource source{"input", size,
                                         [&](std::uint64_t offset, std::span<std::byte> into) {
                                           if (offset > size || into.size() > size - offset)
                                             __builtin_trap();
                                           if (!into.empty())
                                             std::memcpy(into.data(), data + offset, into.size());
                                         }};
    const auto header = aiops::pack::read_gguf_header(source);
    header.quantization();
    for (const auto& tensor : header.tensors)
      if (tensor.end < tensor.begin) __builtin_trap();
  });
}
