// SPDX-License-Identifier: Apache-2.0
// Element n is dropped when its 16 random bits are below 65536 · rate. A block of Philox4x32-10
// (kernels/random.hpp) has 128 bits, for eight elements. So that a vector of blocks makes vectors
// of neighbours, the blocks are taken 64 at a time: element 512 g + 64 h + j has half h (from the
// low half of the first word on) of block 64 g + j.
#include "kernels/dropout.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/parallel.hpp"

namespace aiops::kernels {
namespace {

constexpr std::int64_t kBlocks = 64, kHalves = 8;
constexpr std::int64_t kGroup = kBlocks * kHalves;
constexpr std::int64_t kGrain = 32;  // groups handed out at once

// What an element is multiplied with.
struct Factors {
  std::uint64_t seed, stream;
  DropoutLevel level;
};

// Those of one group, 0 or the scale: kernels::philox() for 64 counters side by side.
AIOPS_CLONES void fill(const Factors& of, std::uint64_t group, float* factors) {
  std::uint32_t words[4][kBlocks];
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); };
  for (std::int64_t j = 0; j < kBlocks; ++j) {
    const std::uint64_t block = group * kBlocks + static_cast<std::uint64_t>(j);
    std::uint32_t c0 = low(block), c1 = high(block), c2 = low(of.stream), c3 = high(of.stream);
    std::uint32_t k0 = low(of.seed), k1 = high(of.seed);
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * c0;
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * c2;
      c0 = high(p1) ^ c1 ^ k0;
      c2 = high(p0) ^ c3 ^ k1;
      c1 = low(p1);
      c3 = low(p0);
      k0 += 0x9E3779B9U;
      k1 += 0xBB67AE85U;
    }
    words[0][j] = c0;
    words[1][j] = c1;
    words[2][j] = c2;
    words[3][j] = c3;
  }
  for (std::int64_t h = 0; h < kHalves; ++h)
    for (std::int64_t j = 0; j < kBlocks; ++j) {
      const std::uint32_t half = words[h / 2][j] >> (h % 2 * 16) & 0xFFFFU;
      factors[h * kBlocks + j] = half < of.level.dropped ? 0.0F : of.level.scale;
    }
}

AIOPS_CLONES void multiply(std::int64_t count, const float* x, const float* factors, float* y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] = x[i] * factors[i];
}

AIOPS_CLONES void multiply_add(std::int64_t count, const float* __restrict x, const float* factors,
                               float* __restrict y) {
  for (std::int64_t i = 0; i < count; ++i) y[i] += x[i] * factors[i];
}

using Apply = void (*)(std::int64_t count, const float* x, const float* factors, float* y);

// Group by group, the first and the last as far as they are asked for.
void apply_factors(const Dropout& shape, const float* x, float* y, Apply apply,
                   ThreadPool& threads) {
  if (shape.count <= 0) return;
  const Factors of{shape.seed, shape.stream, dropout_level(shape.rate)};
  const std::uint64_t first = shape.first / kGroup;
  const auto skipped = static_cast<std::int64_t>(shape.first % kGroup);
  const std::int64_t groups = (skipped + shape.count + kGroup - 1) / kGroup;
  for_each_chunk(threads, groups, kGrain, [&](std::int64_t begin, std::int64_t end) {
    float factors[kGroup];
    for (std::int64_t group = begin; group < end; ++group) {
      fill(of, first + static_cast<std::uint64_t>(group), factors);
      const std::int64_t at = group * kGroup - skipped;  // its first element, counted from x
      const std::int64_t low = std::max<std::int64_t>(at, 0);
      const std::int64_t high = std::min(at + kGroup, shape.count);
      apply(high - low, x + low, factors + (low - at), y + low);
    }
  });
}

}  // namespace

void dropout_forward(const Dropout& shape, const float* x, float* y, ThreadPool& threads) {
  apply_factors(shape, x, y, multiply, threads);
}

void dropout_backward(const Dropout& shape, const float* y_gradient, float* x_gradient,
                      ThreadPool& threads) {
  apply_factors(shape, y_gradient, x_gradient, multiply_add, threads);
}

}  // namespace aiops::kernels
