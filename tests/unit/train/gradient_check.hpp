// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/random.hpp"
#include "train/model/model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace aiops::train {

// The loss of a finite difference carries fp32 rounding, so a whole model is checked along random
// directions with many elements each, where the slope stands well above it.
inline void expect_gradient_along_directions(Model& model, const Batch& batch, ThreadPool& threads,
                                             double reach = 0.02) {
  model.zero_gradients();
  model.forward_backward(batch, 1.0F);
  for (const Parameter& parameter : model.trainable()) {
    std::vector<float> direction(parameter.value.size());
    kernels::fill_normal(5, kernels::stream_of(parameter.name), 1.0F, direction, threads);
    double slope = 0;
    double length = 0;
    for (std::size_t i = 0; i < direction.size(); ++i) {
      // Half along the gradient, so that the slope is far from zero.
      const double blend =
          static_cast<double>(direction[i]) + (parameter.gradient[i] > 0 ? 1.0 : -1.0);
      direction[i] = static_cast<float>(blend);
      slope += blend * static_cast<double>(parameter.gradient[i]);
      length += blend * blend;
    }
    const double step = reach / std::sqrt(length);
    const std::vector<float> kept(parameter.value.begin(), parameter.value.end());
    const auto loss_at = [&](double t) {
      for (std::size_t i = 0; i < kept.size(); ++i)
        parameter.value[i] = static_cast<float>(static_cast<double>(kept[i]) +
                                                t * static_cast<double>(direction[i]));
      return model.loss(batch);
    };
    const double difference = (loss_at(step) - loss_at(-step)) / (2 * step);
    std::copy(kept.begin(), kept.end(), parameter.value.begin());
    // Softmax hardly feels what all keys share, their bias: its slope is near the loss's rounding.
    EXPECT_NEAR(difference, slope, 2e-3 * std::abs(slope) + 5e-4) << parameter.name;
  }
}

}  // namespace aiops::train
