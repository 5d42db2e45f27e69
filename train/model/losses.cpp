// SPDX-License-Identifier: Apache-2.0
// From the head's outputs to losses, by what the model is for.
#include "kernels/cross_entropy.hpp"
#include "kernels/squared_error.hpp"
#include "train/model/state.hpp"

namespace aiops::train {

using namespace kernels;

// A few labels cost nothing: they are computed in fp32, and no prediction is rounded to 8 bits.
Linear Model::State::head(std::int64_t rows) const {
  return {rows, width.hidden, width.outputs,
          config.head.is_language() ? options.precision : Precision::fp32};
}

void Model::State::losses_forward(const Batch& batch, std::int64_t first, std::int64_t rows) {
  const std::int32_t* targets = batch.targets.data() + first;
  if (config.head.kind == HeadKind::regression)
    squared_error_forward({rows, width.outputs}, plan.logits, targets, batch.values.data(),
                          plan.losses, threads);
  else
    cross_entropy_forward({rows, width.outputs}, plan.logits, targets, plan.losses, threads);
}

void Model::State::losses_backward(const Batch& batch, std::int64_t first, std::int64_t rows,
                                   float scale) {
  const std::int32_t* targets = batch.targets.data() + first;
  if (config.head.kind == HeadKind::regression)
    squared_error_backward({rows, width.outputs}, plan.logits, targets, batch.values.data(), scale,
                           plan.losses, threads);
  else
    cross_entropy_backward({rows, width.outputs}, plan.logits, targets, scale, plan.losses,
                           threads);
}

void Model::State::keep_outputs(const Batch& batch, std::int64_t first, std::int64_t rows,
                                std::vector<float>& outputs) const {
  for (std::int64_t i = 0; i < rows; ++i) {
    const float* row = plan.logits + i * width.outputs;
    if (batch.targets[static_cast<std::size_t>(first + i)] >= 0)
      outputs.insert(outputs.end(), row, row + width.outputs);
  }
}

}  // namespace aiops::train
