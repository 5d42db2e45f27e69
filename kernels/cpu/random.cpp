// SPDX-License-Identifier: Apache-2.0
// Normal numbers are quantiles of uniform ones: one number in, one out, without the sine, the
// cosine and the logarithm of Box and Muller, whose last bits differ between C libraries. This file
// is compiled without contraction of a·b + c for the same reason.
#include "kernels/random.hpp"

#include "kernels/parallel.hpp"

#include <bit>
#include <cmath>

namespace aiops::kernels {
namespace {

constexpr std::uint32_t kMultiplier0 = 0xD2511F53U;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57U;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9U;  // the golden ratio
constexpr std::uint32_t kWeyl1 = 0xBB67AE85U;  // sqrt(3) - 1

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); }

// ln x for normal positive x: x = 2^e · f with f in [sqrt(1/2), sqrt(2)), and
// ln f = 2 (s + s³/3 + s⁵/5 + …), s = (f - 1)/(f + 1), |s| < 0.172.
double logarithm(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto exponent = static_cast<std::int64_t>(bits >> 52U) - 1023;
  double f = std::bit_cast<double>((bits & 0xFFFFFFFFFFFFFU) | 0x3FF0000000000000U);
  if (f > 1.4142135623730951) {
    f *= 0.5;
    ++exponent;
  }
  const double s = (f - 1) / (f + 1);
  const double square = s * s;
  double sum = 0;
  for (int term = 21; term >= 1; term -= 2) sum = sum * square + 1.0 / term;
  return static_cast<double>(exponent) * 0.6931471805599453 + 2 * s * sum;
}

std::array<std::uint32_t, 4> block(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return philox({low(index), high(index), low(stream), high(stream)}, {low(seed), high(seed)});
}

// (word + 1/2) / 2^32: never 0 or 1.
double to_unit(std::uint32_t word) { return (static_cast<double>(word) + 0.5) * 0x1p-32; }

}  // namespace

std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key) {
  auto [c0, c1, c2, c3] = counter;
  auto [k0, k1] = key;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{kMultiplier0} * c0;
    const std::uint64_t p1 = std::uint64_t{kMultiplier1} * c2;
    c0 = high(p1) ^ c1 ^ k0;
    c2 = high(p0) ^ c3 ^ k1;
    c1 = low(p1);
    c3 = low(p0);
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  return {c0, c1, c2, c3};
}

std::uint64_t stream_of(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3U;
  }
  return hash;
}

double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return to_unit(block(seed, stream, index / 4)[index % 4]);
}

// Wichura, "Algorithm AS 241: the percentage points of the normal distribution" (1988), PPND7.
double normal_quantile(double probability) {
  const double q = probability - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179) /
           (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0);
  }
  double r = std::sqrt(-logarithm(q < 0 ? probability : 1.0 - probability));
  double x = 0;
  if (r <= 5) {
    r -= 1.6;
    x = (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777) /
        ((0.12021132975 * r + 0.73700164250) * r + 1.0);
  } else {
    r -= 5;
    x = (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150) /
        ((0.012258202635 * r + 0.24197894225) * r + 1.0);
  }
  return q < 0 ? -x : x;
}

void fill_normal(std::uint64_t seed, std::uint64_t stream, float deviation, std::span<float> out,
                 ThreadPool& threads) {
  for_each_chunk(threads, static_cast<std::int64_t>(out.size()), 4096,
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; i += 4) {
                     const auto words = block(seed, stream, static_cast<std::uint64_t>(i / 4));
                     for (std::int64_t j = i; j < std::min(i + 4, end); ++j) {
                       const double normal =
                           normal_quantile(to_unit(words[static_cast<std::size_t>(j - i)]));
                       out[static_cast<std::size_t>(j)] = static_cast<float>(normal) * deviation;
                     }
                   }
                 });
}

}  // namespace aiops::kernels
