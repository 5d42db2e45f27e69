// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <cstdint>
#include <span>

namespace aiops::kernels {

// The constants of one AdamW update (Loshchilov and Hutter, "Decoupled weight decay
// regularization", 2019).
struct AdamWConstants {
  double learning_rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.95;
  double epsilon = 1e-8;
  double weight_decay = 0;    // decoupled: value *= 1 - learning_rate · weight_decay
  float gradient_factor = 1;  // g is the gradient times this
};

// The same as a loop wants them, worked out in double precision.
struct AdamWFactors {
  float gradient, beta1, rest1, beta2, rest2, epsilon;
  float keep;          // 1 - lr · decay
  float rate;          // lr / (1 - b1^step)
  float v_correction;  // 1 / (1 - b2^step)
};
AdamWFactors adamw_factors(const AdamWConstants& constants, std::int64_t step);

// m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g²;
// value = value (1 - lr · decay) - lr · (m / (1 - b1^step)) / (sqrt(v / (1 - b2^step)) + epsilon).
// `step` counts from 1. All spans have one length; value, m and v are updated in place.
void adamw_update(const AdamWFactors& factors, std::span<float> value,
                  std::span<const float> gradient, std::span<float> m, std::span<float> v,
                  ThreadPool& threads);
inline void adamw_update(const AdamWConstants& constants, std::int64_t step, std::span<float> value,
                         std::span<const float> gradient, std::span<float> m, std::span<float> v,
                         ThreadPool& threads) {
  adamw_update(adamw_factors(constants, step), value, gradient, m, v, threads);
}

}  // namespace aiops::kernels
