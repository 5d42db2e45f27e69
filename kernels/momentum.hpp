// SPDX-License-Identifier: Apache-2.0
// Updates that follow a running sum of the gradients (Polyak, 1964; Nesterov, 1983).
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <span>

namespace aiops::kernels {

struct MomentumConstants {
  double learning_rate = 1e-3;
  double momentum = 0.9;
  double weight_decay = 0;  // decoupled: value *= 1 - learning_rate · weight_decay
};

// The same as a loop wants them, worked out in double precision.
struct MomentumFactors {
  float momentum;
  float keep;          // 1 - lr · decay
  float rate;          // lr
  float gradient = 1;  // that every gradient is multiplied by
};
MomentumFactors momentum_factors(const MomentumConstants& constants);

// buffer = momentum · buffer + gradient; value = value (1 - lr · decay) - lr · buffer. All spans
// have one length; value and buffer are updated in place.
void momentum_update(const MomentumFactors& factors, std::span<float> value,
                     std::span<const float> gradient, std::span<float> buffer, ThreadPool& threads);
inline void momentum_update(const MomentumConstants& constants, std::span<float> value,
                            std::span<const float> gradient, std::span<float> buffer,
                            ThreadPool& threads) {
  momentum_update(momentum_factors(constants), value, gradient, buffer, threads);
}

// Nesterov's look ahead on a running mean:
// buffer = momentum · buffer + (1 - momentum) · g;
// direction = momentum · buffer + (1 - momentum) · g: overwritten. g is the gradient times the
// factor.
void nesterov_direction(double momentum, float gradient_factor, std::span<const float> gradient,
                        std::span<float> buffer, std::span<float> direction, ThreadPool& threads);

// value = value · keep - rate · direction.
void follow_direction(float keep, float rate, std::span<const float> direction,
                      std::span<float> value, ThreadPool& threads);

}  // namespace aiops::kernels
