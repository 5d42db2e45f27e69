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

}  // namespace aiops::kernels::cuda
