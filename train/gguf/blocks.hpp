// SPDX-License-Identifier: Apache-2.0
// How ggml stores the numbers of a tensor: in blocks of a fixed number of elements and bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace aiops::train {

struct GgufFormat {
  std::uint32_t id;       // ggml's type
  std::string_view name;  // as pack::GgufHeader says a tensor's dtype
  std::size_t elements;   // of a block
  std::size_t bytes;      // of a block
  void (*decode)(const std::uint8_t* block, float* values);
  void (*encode)(const float* values, std::uint8_t* block);  // nullptr: read only
};

// F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K and Q6_K are read, F32, F16, BF16 and
// Q8_0 are written; nullptr for others.
const GgufFormat* find_gguf_format(std::string_view name);

// Whole blocks to values and back. The spans must fit each other.
void dequantise(const GgufFormat& format, std::span<const std::byte> blocks,
                std::span<float> values);
void quantise(const GgufFormat& format, std::span<const float> values, std::span<std::byte> blocks);

}  // namespace aiops::train
