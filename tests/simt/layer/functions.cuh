// SPDX-License-Identifier: Apache-2.0
// Functions of floats and of integers.
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "tests/simt/layer/layer_kernels.hpp"

#include <cstring>

namespace aiops::layer {

using namespace kernels::cuda;

template <typename Function, typename T>
__global__ void map_kernel(const T* in, T* out) {
  out[threadIdx.x] = Function::of(in[threadIdx.x]);
}

#define AIOPS_FUNCTION(T, name, expression)            \
  struct name {                                        \
    static __device__ T of(T x) { return expression; } \
  }
AIOPS_FUNCTION(float, Exp, expf(x));
AIOPS_FUNCTION(float, Log, logf(x));
AIOPS_FUNCTION(float, Tanh, tanhf(x));
AIOPS_FUNCTION(float, SquareRoot, sqrtf(x));
AIOPS_FUNCTION(float, Erf, erff(x));
AIOPS_FUNCTION(float, Power, powf(x, 1.7F));
AIOPS_FUNCTION(float, Sine, sinf(x));
AIOPS_FUNCTION(float, Cosine, cosf(x));
AIOPS_FUNCTION(float, Exp2, exp2f(x));
AIOPS_FUNCTION(float, Log2, log2f(x));
AIOPS_FUNCTION(float, Log1p, log1pf(x));
AIOPS_FUNCTION(float, Expm1, expm1f(x));
AIOPS_FUNCTION(float, Remainder, fmodf(x, 0.75F));
AIOPS_FUNCTION(float, Round, rintf(x));
AIOPS_FUNCTION(float, Floor, floorf(x));
AIOPS_FUNCTION(float, Ceiling, ceilf(x));
AIOPS_FUNCTION(float, Truncate, truncf(x));
AIOPS_FUNCTION(float, FastExp, fast_exp(x));
AIOPS_FUNCTION(float, FastLog2, fast_log2(x));
AIOPS_FUNCTION(float, FastReciprocal, fast_reciprocal(x));
AIOPS_FUNCTION(float, FastRsqrt, fast_rsqrt(x));
AIOPS_FUNCTION(float, FastTanh, fast_tanh(x));
AIOPS_FUNCTION(float, ThroughBFloat16, to_float(to_bfloat16(x)));
AIOPS_FUNCTION(float, ThroughTf32, bits_to_float(to_tf32(x)));
AIOPS_FUNCTION(float, ThroughDouble, static_cast<float>(static_cast<double>(x) / 3));
AIOPS_FUNCTION(float, ThroughInteger, static_cast<float>(static_cast<int>(x)));
AIOPS_FUNCTION(float, LargerOfTwo, fmaxf(x, 0.5F));
AIOPS_FUNCTION(int, Divide, x / 7);
AIOPS_FUNCTION(int, Modulo, x % 7);
AIOPS_FUNCTION(int, WideModulo, static_cast<int>((std::int64_t{x} * 1000003) % 10007));
AIOPS_FUNCTION(int, HighProduct, static_cast<int>(__umulhi(static_cast<unsigned>(x), 0xD2511F53U)));
AIOPS_FUNCTION(int, Ones, __popc(static_cast<unsigned>(x)));
AIOPS_FUNCTION(int, LeadingZeros, __clz(x));
AIOPS_FUNCTION(int, FirstSet, __ffs(x));
AIOPS_FUNCTION(int, Clamped, min(max(x, -5), 9));
AIOPS_FUNCTION(int, Bits, __float_as_int(static_cast<float>(x)));
AIOPS_FUNCTION(int, Turned,
               static_cast<int>(static_cast<unsigned>(x) << 13U | static_cast<unsigned>(x) >> 19U));
#undef AIOPS_FUNCTION

#define AIOPS_FLOAT_FUNCTIONS(X) \
  X(Exp)                         \
  X(Log)                         \
  X(Tanh)                        \
  X(SquareRoot)                  \
  X(Erf)                         \
  X(Power)                       \
  X(Sine)                        \
  X(Cosine)                      \
  X(Exp2)                        \
  X(Log2)                        \
  X(Log1p)                       \
  X(Expm1)                       \
  X(Remainder)                   \
  X(Round)                       \
  X(Floor)                       \
  X(Ceiling)                     \
  X(Truncate)                    \
  X(FastExp)                     \
  X(FastLog2)                    \
  X(FastReciprocal)              \
  X(FastRsqrt)                   \
  X(FastTanh)                    \
  X(ThroughBFloat16)             \
  X(ThroughTf32)                 \
  X(ThroughDouble)               \
  X(ThroughInteger)              \
  X(LargerOfTwo)

#define AIOPS_INTEGER_FUNCTIONS(X) \
  X(Divide)                        \
  X(Modulo)                        \
  X(WideModulo)                    \
  X(HighProduct)                   \
  X(Ones)                          \
  X(LeadingZeros)                  \
  X(FirstSet)                      \
  X(Clamped)                       \
  X(Bits)                          \
  X(Turned)

}  // namespace aiops::layer
