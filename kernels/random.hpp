// SPDX-License-Identifier: Apache-2.0
// Random numbers without a state: number i of a stream is a pure function of (seed, stream, i), so
// any thread can make any of them, and a resumed run needs nothing but the counters.
#pragma once

#include "base/thread_pool.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace aiops::kernels {

// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key);

// A stream's number from its name (FNV-1a, 64 bits).
std::uint64_t stream_of(std::string_view name);

// Number `index` of the stream, uniform in (0, 1).
double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);

// The standard normal quantile, for probabilities in (0, 1); relative error below 1e-6. Made of
// +, -, ·, / and sqrt only, which IEEE 754 fixes to the bit, so it gives the same bits on every
// machine; libm's log would not.
double normal_quantile(double probability);

// out[i] = deviation · (normal number i of the stream).
void fill_normal(std::uint64_t seed, std::uint64_t stream, float deviation, std::span<float> out,
                 ThreadPool& threads);

}  // namespace aiops::kernels
