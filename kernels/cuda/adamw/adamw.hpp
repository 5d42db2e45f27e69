// SPDX-License-Identifier: Apache-2.0
// AdamW on the device: the contract of kernels/adamw.hpp. Parameters, gradients and moments are
// float; where products want them, the parameters are written out as BFloat16 too.
#pragma once

#include "kernels/adamw.hpp"
#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"

namespace aiops::kernels::cuda {

struct AdamWArrays {
  float* value = nullptr;
  const float* gradient = nullptr;
  float* m = nullptr;
  float* v = nullptr;
  BFloat16* rounded = nullptr;  // a copy of value, where wanted
};

// `factors` lies on the device, so that a recorded step can be played again with others. Each
// gradient is multiplied by *gradient_scale too, unless that is nullptr.
LaunchStatus adamw_update(std::int64_t count, const AdamWFactors* factors,
                          const float* gradient_scale, const AdamWArrays& arrays, Stream stream);

}  // namespace aiops::kernels::cuda
