// SPDX-License-Identifier: Apache-2.0
// The block formats of ggml. All are a grid: an element is scale · q, or scale · q + offset, with q
// an integer of 4 to 8 bits and the scale a half at the block's start or end. The K formats cut a
// block of 256 into groups of 16 or 32, whose scales are themselves integers on the block's grid.
//
// The sums and products are those of ggml, in its order and in fp32, so the numbers are the same
// bits.
#include "train/gguf/blocks.hpp"

#include "train/model/half_precision.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace aiops::train {
namespace {

using Byte = std::uint8_t;

template <typename T>
T load(const Byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
void store(Byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

float half_at(const Byte* at) { return from_float16(load<std::uint16_t>(at)); }

void decode_f32(const Byte* block, float* values) { *values = load<float>(block); }
void encode_f32(const float* values, Byte* block) { store(block, *values); }
void decode_f16(const Byte* block, float* values) { *values = half_at(block); }
void encode_f16(const float* values, Byte* block) { store(block, to_float16(*values)); }
void decode_bf16(const Byte* block, float* values) {
  *values = from_bfloat16(load<std::uint16_t>(block));
}
void encode_bf16(const float* values, Byte* block) { store(block, to_bfloat16(*values)); }

// Blocks of 32. Byte j of the quants holds element j in its low half and j + 16 in its high one.
constexpr int kHalf = 16;

void decode_q4_0(const Byte* block, float* values) {
  const float scale = half_at(block);
  const Byte* quants = block + 2;
  for (int j = 0; j < kHalf; ++j) {
    values[j] = scale * static_cast<float>((quants[j] & 0xF) - 8);
    values[j + kHalf] = scale * static_cast<float>((quants[j] >> 4) - 8);
  }
}

void decode_q4_1(const Byte* block, float* values) {
  const float scale = half_at(block);
  const float least = half_at(block + 2);
  const Byte* quants = block + 4;
  for (int j = 0; j < kHalf; ++j) {
    values[j] = scale * static_cast<float>(quants[j] & 0xF) + least;
    values[j + kHalf] = scale * static_cast<float>(quants[j] >> 4) + least;
  }
}

// Bit i of `high` is the fifth bit of element i.
int five_bits(const Byte* quants, std::uint32_t high, int i) {
  const int low = i < kHalf ? quants[i] & 0xF : quants[i - kHalf] >> 4;
  return low | static_cast<int>(high >> i & 1) << 4;
}

void decode_q5_0(const Byte* block, float* values) {
  const float scale = half_at(block);
  const auto high = load<std::uint32_t>(block + 2);
  for (int i = 0; i < 2 * kHalf; ++i)
    values[i] = scale * static_cast<float>(five_bits(block + 6, high, i) - 16);
}

void decode_q5_1(const Byte* block, float* values) {
  const float scale = half_at(block);
  const float least = half_at(block + 2);
  const auto high = load<std::uint32_t>(block + 4);
  for (int i = 0; i < 2 * kHalf; ++i)
    values[i] = scale * static_cast<float>(five_bits(block + 8, high, i)) + least;
}

void decode_q8_0(const Byte* block, float* values) {
  const float scale = half_at(block);
  for (int i = 0; i < 32; ++i)
    values[i] = static_cast<float>(static_cast<std::int8_t>(block[2 + i])) * scale;
}

// The scale comes from the largest magnitude in fp32 and is rounded only where it is stored. Below
// the normal numbers its inverse would overflow, and a half holds nothing so small: all become 0.
void encode_q8_0(const float* values, Byte* block) {
  float largest = 0;
  for (int i = 0; i < 32; ++i) largest = std::max(largest, std::abs(values[i]));
  const float scale = largest / 127.0F;
  const float inverse = scale < 0x1p-126F ? 0 : 1.0F / scale;
  store(block, to_float16(scale));
  for (int i = 0; i < 32; ++i)
    block[2 + i] = static_cast<Byte>(static_cast<std::int8_t>(std::round(values[i] * inverse)));
}

// K formats: blocks of 256. Eight pairs of six-bit integers lie in twelve bytes: the low six bits
// of the first four scales and offsets in bytes 0-3 and 4-7; the others' low halves in bytes 8-11,
// their upper two bits above the former.
struct SubScale {
  int scale, offset;
};

SubScale sub_scale(const Byte* packed, int group) {
  if (group < 4) return {packed[group] & 63, packed[group + 4] & 63};
  const int low = packed[group + 4];
  return {(low & 0xF) | (packed[group - 4] >> 6) << 4, low >> 4 | (packed[group] >> 6) << 4};
}

void decode_q4_k(const Byte* block, float* values) {
  const float scale = half_at(block);
  const float offset = half_at(block + 2);
  for (int group = 0; group < 8; ++group) {
    const SubScale sub = sub_scale(block + 4, group);
    const float step = scale * static_cast<float>(sub.scale);
    const float least = offset * static_cast<float>(sub.offset);
    const Byte* quants = block + 16 + group / 2 * 32;
    for (int i = 0; i < 32; ++i)
      values[group * 32 + i] =
          step * static_cast<float>(group % 2 ? quants[i] >> 4 : quants[i] & 0xF) - least;
  }
}

void decode_q5_k(const Byte* block, float* values) {
  const float scale = half_at(block);
  const float offset = half_at(block + 2);
  const Byte* high = block + 16;  // bit g of byte i: the fifth bit of element i of group g
  for (int group = 0; group < 8; ++group) {
    const SubScale sub = sub_scale(block + 4, group);
    const float step = scale * static_cast<float>(sub.scale);
    const float least = offset * static_cast<float>(sub.offset);
    const Byte* quants = block + 48 + group / 2 * 32;
    for (int i = 0; i < 32; ++i) {
      const int low = group % 2 ? quants[i] >> 4 : quants[i] & 0xF;
      values[group * 32 + i] = step * static_cast<float>(low | (high[i] >> group & 1) << 4) - least;
    }
  }
}

// Two halves of 128 elements, each four rows of 32: the low four bits of rows 0 and 2 share 32
// bytes, so do those of 1 and 3; the upper two bits of the four share another 32.
void decode_q6_k(const Byte* block, float* values) {
  const float scale = half_at(block + 208);
  for (int i = 0; i < 256; ++i) {
    const int half = i / 128;
    const int row = i % 128 / 32;
    const Byte low = block[half * 64 + row % 2 * 32 + i % 32];
    const int high = block[128 + half * 32 + i % 32] >> 2 * row & 3;
    const int quant = ((row < 2 ? low & 0xF : low >> 4) | high << 4) - 32;
    const auto sub = static_cast<std::int8_t>(block[192 + i / 16]);
    values[i] = scale * static_cast<float>(sub) * static_cast<float>(quant);
  }
}

constexpr std::array<GgufFormat, 11> kFormats = {{
    {0, "F32", 1, 4, decode_f32, encode_f32},
    {1, "F16", 1, 2, decode_f16, encode_f16},
    {30, "BF16", 1, 2, decode_bf16, encode_bf16},
    {2, "Q4_0", 32, 18, decode_q4_0, nullptr},
    {3, "Q4_1", 32, 20, decode_q4_1, nullptr},
    {6, "Q5_0", 32, 22, decode_q5_0, nullptr},
    {7, "Q5_1", 32, 24, decode_q5_1, nullptr},
    {8, "Q8_0", 32, 34, decode_q8_0, encode_q8_0},
    {12, "Q4_K", 256, 144, decode_q4_k, nullptr},
    {13, "Q5_K", 256, 176, decode_q5_k, nullptr},
    {14, "Q6_K", 256, 210, decode_q6_k, nullptr},
}};

const Byte* as_bytes(const std::byte* at) { return reinterpret_cast<const Byte*>(at); }

}  // namespace

const GgufFormat* find_gguf_format(std::string_view name) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(),
                                  [&](const GgufFormat& format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : &*found;
}

void dequantise(const GgufFormat& format, std::span<const std::byte> blocks,
                std::span<float> values) {
  for (std::size_t i = 0; i < values.size() / format.elements; ++i)
    format.decode(as_bytes(blocks.data()) + i * format.bytes, values.data() + i * format.elements);
}

void quantise(const GgufFormat& format, std::span<const float> values,
              std::span<std::byte> blocks) {
  for (std::size_t i = 0; i < values.size() / format.elements; ++i)
    format.encode(values.data() + i * format.elements,
                  reinterpret_cast<Byte*>(blocks.data()) + i * format.bytes);
}

}  // namespace aiops::train
