// SPDX-License-Identifier: Apache-2.0
// The hardware's approximations. The rest of mathematics goes by its C names: expf(), logf(),
// tanhf(), sqrtf(), fmaf() cost more and are right to the last place or two.
#pragma once

#if defined(__CUDACC__)
#include <cmath>
#define AIOPS_APPROXIMATION(name, instruction)      \
  __device__ __forceinline__ float name(float x) {  \
    float y;                                        \
    asm(instruction " %0, %1;" : "=f"(y) : "f"(x)); \
    return y;                                       \
  }
#else
#include "kernels/cuda/layer/words.cuh"
#define AIOPS_APPROXIMATION(name, instruction) using simt::name;
#endif

namespace aiops::kernels::cuda {

// 2^x: relative error below 2^-22.
AIOPS_APPROXIMATION(fast_exp2, "ex2.approx.f32")
// log2 x: absolute error below 2^-22 between 1/2 and 2, relative beyond.
AIOPS_APPROXIMATION(fast_log2, "lg2.approx.f32")
// 1 / x: one unit in the last place.
AIOPS_APPROXIMATION(fast_reciprocal, "rcp.approx.f32")
// 1 / sqrt(x): relative error below 2^-22.9.
AIOPS_APPROXIMATION(fast_rsqrt, "rsqrt.approx.f32")
// tanh x: relative error below 2^-10.9. Enough for what becomes bfloat16.
AIOPS_APPROXIMATION(fast_tanh, "tanh.approx.f32")

// e^x; the error grows with |x|, which is multiplied by log2(e) in float.
__device__ __forceinline__ float fast_exp(float x) { return fast_exp2(x * 1.4426950408889634F); }

}  // namespace aiops::kernels::cuda

#undef AIOPS_APPROXIMATION
