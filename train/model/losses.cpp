// SPDX-License-Identifier: Apache-2.0
// From the head's outputs to losses, by what the model is for.
#include "train/model/state.hpp"

#include <algorithm>

namespace aiops::train {

std::int32_t Model::State::head_type() const {
  return config.head.is_language() ? backend->products() : backend->elements();
}

void Model::State::losses_forward(std::int64_t first, std::int64_t rows) {
  if (config.head.kind == HeadKind::regression)
    backend->run(aiops_squared_error_forward{.type = head_type(),
                                             .rows = rows,
                                             .width = width.outputs,
                                             .outputs = plan.logits,
                                             .targets = staged.targets + first,
                                             .values = staged.values,
                                             .losses = plan.losses + first});
  else
    backend->run(aiops_cross_entropy_forward{.type = head_type(),
                                             .rows = rows,
                                             .vocab = width.outputs,
                                             .logits = plan.logits,
                                             .targets = staged.targets + first,
                                             .losses = plan.losses + first});
}

void Model::State::losses_backward(std::int64_t first, std::int64_t rows, float scale) {
  if (config.head.kind == HeadKind::regression)
    backend->run(aiops_squared_error_backward{.type = head_type(),
                                              .scale = scale,
                                              .rows = rows,
                                              .width = width.outputs,
                                              .outputs = plan.logits,
                                              .targets = staged.targets + first,
                                              .values = staged.values,
                                              .losses = plan.losses + first});
  else
    backend->run(aiops_cross_entropy_backward{.type = head_type(),
                                              .scale = scale,
                                              .rows = rows,
                                              .vocab = width.outputs,
                                              .logits = plan.logits,
                                              .targets = staged.targets + first,
                                              .losses = plan.losses + first});
}

double Model::State::sum_of_read_losses(std::int64_t count, std::span<float> each) {
  const auto losses = backend->read(Elements(plan.losses, sizeof(float)), count);
  if (!each.empty()) std::ranges::copy(losses, each.begin());
  double sum = 0;
  for (const float loss : losses) sum += static_cast<double>(loss);
  return sum;
}

void Model::State::keep_outputs(const Batch& batch, std::int64_t first, std::int64_t rows,
                                std::vector<float>& outputs) const {
  const auto all = backend->read(plan.logits, rows * width.outputs);
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto row = all.subspan(static_cast<std::size_t>(i * width.outputs),
                                 static_cast<std::size_t>(width.outputs));
    if (batch.targets[static_cast<std::size_t>(first + i)] >= 0)
      outputs.insert(outputs.end(), row.begin(), row.end());
  }
}

}  // namespace aiops::train
