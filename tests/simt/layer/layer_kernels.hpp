// SPDX-License-Identifier: Apache-2.0
// Kernels that use one thing of the layer each, so that what it means can be checked in both
// executors against what C++ gives.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"

#include <cstdint>

namespace aiops::layer {

using kernels::cuda::BFloat16;
using kernels::cuda::LaunchStatus;

// One warp: out[i] = FUNCTION(in[i]).
inline constexpr int kLanes = 32;
LaunchStatus map_float(const char* function, const float* in, float* out);
LaunchStatus map_integer(const char* function, const std::int32_t* in, std::int32_t* out);

// One warp: c (16×8) = a (16×k) b, of which b is stored as n×k or as k×n.
LaunchStatus product_bf16(bool b_is_transposed, const BFloat16* a, const BFloat16* b, float* c);
LaunchStatus product_tf32(const float* a, const float* b, float* c);

// One warp: lane i's value goes through collectives; out has kExchanged numbers a lane.
inline constexpr int kExchanged = 12;
LaunchStatus exchange(const std::int32_t* in, std::int32_t* out);

// 64 threads: all of the block's votes of in[i] > 0, then the atomics, on counters that begin at 0.
inline constexpr int kCounters = 9;
LaunchStatus count(const std::int32_t* in, std::int32_t* counters);

// 64 threads move 16 bytes each through shared memory; thread i's copy has i % 17 valid bytes.
LaunchStatus copy(const std::uint8_t* in, std::uint8_t* out);

// Dynamic shared memory beyond what a kernel gets unasked, indexed in two dimensions of threads.
inline constexpr int kRows = 8, kColumns = 16, kDepth = 128;
LaunchStatus transpose(const float* in, float* out);

}  // namespace aiops::layer
