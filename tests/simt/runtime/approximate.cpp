// SPDX-License-Identifier: Apache-2.0
// The hardware's approximations. PTX promises an error, not a value; here the right value is moved
// by almost as much as is promised, up or down as the bits of x have it. A kernel whose results
// stay within their tolerances does not owe it to an exactness that no GPU has. The same x gives
// the same bits every time.
#include "kernels/cuda/layer/executor.hpp"

#include <bit>
#include <cmath>

namespace aiops::simt {
namespace {

// -1, 0 or 1.
double direction(float x) {
  const std::uint32_t mixed = std::bit_cast<std::uint32_t>(x) * 0x9E3779B1U;
  return static_cast<double>(mixed >> 30U > 2 ? 0 : static_cast<int>(mixed >> 30U) - 1);
}

float relative(double exact, float x, double error) {
  return static_cast<float>(exact * (1 + direction(x) * error));
}

// Results that are exact on the hardware stay so: exp2(0), 1/1, …
bool is_special(float x) { return !std::isfinite(x) || x == 0 || std::fabs(x) == 1; }

}  // namespace

float fast_exp2(float x) {
  if (is_special(x)) return std::exp2(x);
  return relative(std::exp2(static_cast<double>(x)), x, 0x1p-22);
}

float fast_log2(float x) {
  if (is_special(x) || x < 0) return std::log2(x);
  const double exact = std::log2(static_cast<double>(x));
  if (x > 0.5F && x < 2) return static_cast<float>(exact + direction(x) * 0x1p-22);
  return relative(exact, x, 0x1p-22);
}

float fast_reciprocal(float x) {
  if (is_special(x)) return 1 / x;
  return relative(1 / static_cast<double>(x), x, 0x1p-23);
}

float fast_rsqrt(float x) {
  if (is_special(x)) return 1 / std::sqrt(x);
  return relative(1 / std::sqrt(static_cast<double>(x)), x, 0x1p-23 * 1.07);
}

float fast_tanh(float x) {
  if (is_special(x) && std::fabs(x) != 1) return std::tanh(x);
  const float y = relative(std::tanh(static_cast<double>(x)), x, 0x1p-11 * 1.07);
  return std::fmin(std::fmax(y, -1.0F), 1.0F);
}

}  // namespace aiops::simt
