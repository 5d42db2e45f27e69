// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <cstdint>

namespace aiops::kernels {

// A target of -1 is not counted: its loss and its gradient are 0.
struct CrossEntropy {
  std::int64_t rows = 0, vocab = 0;
};

// losses[i] = log(sum of e^logits[i, :]) - logits[i, targets[i]], overwritten. logits are
// rows × vocab; targets below vocab.
void cross_entropy_forward(const CrossEntropy& shape, const float* logits,
                           const std::int32_t* targets, float* losses, ThreadPool& threads);

// The same losses, and logits become their own gradient of `scale` times the sum of the losses,
// (softmax - onehot) · scale: a second array of that size would be the largest of a training step.
void cross_entropy_backward(const CrossEntropy& shape, float* logits, const std::int32_t* targets,
                            float scale, float* losses, ThreadPool& threads);

}  // namespace aiops::kernels
