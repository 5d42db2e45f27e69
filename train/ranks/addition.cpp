// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/addition.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace aiops::train {
namespace {

// Floats whose sums are made before they are written to all arrays: what was read for them is then
// still in the nearest cache, so memory sees each value read once and written once.
constexpr std::size_t kBlock = 1024;

void add_two(const float* one, const float* other, float* __restrict sums, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sums[i] = one[i] + other[i];
}

void add_to(const float* term, float* __restrict sums, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) sums[i] += term[i];
}

}  // namespace

void add_terms(std::span<const float* const> terms, std::span<float> sums) {
  if (terms.size() == 1) {
    std::memcpy(sums.data(), terms[0], sums.size_bytes());
    return;
  }
  add_two(terms[0], terms[1], sums.data(), sums.size());
  for (const float* term : terms.subspan(2)) add_to(term, sums.data(), sums.size());
}

void add_in_place(std::span<float* const> arrays, std::size_t count) {
  if (arrays.size() < 2) return;
  std::array<float, kBlock> sums;
  for (std::size_t at = 0; at < count; at += kBlock) {
    const std::size_t size = std::min(kBlock, count - at);
    add_two(arrays[0] + at, arrays[1] + at, sums.data(), size);
    for (const float* array : arrays.subspan(2)) add_to(array + at, sums.data(), size);
    for (float* array : arrays) std::memcpy(array + at, sums.data(), size * sizeof(float));
  }
}

}  // namespace aiops::train
