// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/rows.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/vector_math.hpp"

namespace aiops::kernels {

AIOPS_CLONES float dot(std::int64_t count, const float* a, const float* b) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

AIOPS_CLONES float largest(std::int64_t count, const float* x, float at_least) {
  float most = at_least;
#pragma omp simd reduction(max : most)
  for (std::int64_t i = 0; i < count; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

AIOPS_CLONES float exponentiate(std::int64_t count, float shift, float* x) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) {
    x[i] = exponential(x[i] - shift);
    sum += x[i];
  }
  return sum;
}

AIOPS_CLONES void multiply(std::int64_t count, float factor, float* x) {
  for (std::int64_t i = 0; i < count; ++i) x[i] *= factor;
}

}  // namespace aiops::kernels
