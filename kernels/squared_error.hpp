// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <cstdint>

namespace aiops::kernels {

// A target is a row of `values`; one of -1 is not counted: its loss and its gradient are 0.
struct SquaredError {
  std::int64_t rows = 0, width = 0;
};

// losses[i] = the mean over c of (outputs[i, c] - values[targets[i], c])², overwritten. outputs are
// rows × width.
void squared_error_forward(const SquaredError& shape, const float* outputs,
                           const std::int32_t* targets, const float* values, float* losses,
                           ThreadPool& threads);

// The same losses, and outputs become their own gradient of `scale` times the sum of the losses, as
// the logits of cross_entropy.hpp do.
void squared_error_backward(const SquaredError& shape, float* outputs, const std::int32_t* targets,
                            const float* values, float scale, float* losses, ThreadPool& threads);

}  // namespace aiops::kernels
