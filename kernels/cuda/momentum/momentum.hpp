// SPDX-License-Identifier: Apache-2.0
// Updates along a running sum of the gradients, on the device: the contract of
// kernels/momentum.hpp. The learning rate lies on the device, as for AdamW.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"

#include <cstdint>

namespace aiops::kernels::cuda {

struct MomentumFactors {
  float momentum;
  float keep;  // 1 - lr · decay
  float rate;
};

struct MomentumArrays {
  float* value = nullptr;
  const float* gradient = nullptr;
  float* buffer = nullptr;
  BFloat16* rounded = nullptr;  // a copy of value, where wanted
};

// buffer = momentum · buffer + *gradient_scale · gradient; value = value · keep - rate · buffer.
LaunchStatus momentum_update(std::int64_t count, const MomentumFactors* factors,
                             const float* gradient_scale, const MomentumArrays& arrays,
                             Stream stream);

struct NesterovArrays {
  const float* gradient = nullptr;
  float* buffer = nullptr;
  float* direction = nullptr;
};

// buffer = momentum · buffer + (1 - momentum) · *gradient_scale · gradient; direction, which is
// overwritten, = momentum · buffer + (1 - momentum) · *gradient_scale · gradient.
LaunchStatus nesterov_direction(std::int64_t count, double momentum, const float* gradient_scale,
                                const NesterovArrays& arrays, Stream stream);

struct FollowFactors {
  float keep, rate;
};

struct FollowArrays {
  float* value = nullptr;
  const float* direction = nullptr;
  BFloat16* rounded = nullptr;  // a copy of value, where wanted
};

// value = value · keep - rate · direction.
LaunchStatus follow_direction(std::int64_t count, const FollowFactors* factors,
                              const FollowArrays& arrays, Stream stream);

}  // namespace aiops::kernels::cuda
