// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/train/tiny_model.hpp"
#include "train/optimiser/optimiser.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace aiops::train {
namespace {

double norm_of_gradients(Model& model) {
  double sum = 0;
  for (const Parameter& p : model.parameters())
    for (const float g : p.gradient) sum += static_cast<double>(g) * static_cast<double>(g);
  return std::sqrt(sum);
}

TEST(ClipGradients, ScalesDownToTheNormAndNeverUp) {
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(1);
  const TinyBatch data(2, 11, 37);
  model.zero_gradients();
  model.forward_backward(data.batch(), 1.0F);
  const double norm = norm_of_gradients(model);
  EXPECT_NEAR(clip_gradients(model.parameters(), 0, threads), norm, 1e-9 * norm);
  EXPECT_NEAR(clip_gradients(model.parameters(), 2 * norm, threads), norm, 1e-9 * norm);
  EXPECT_DOUBLE_EQ(norm_of_gradients(model), norm);
  EXPECT_NEAR(clip_gradients(model.parameters(), norm / 3, threads), norm, 1e-9 * norm);
  EXPECT_NEAR(norm_of_gradients(model), norm / 3, 1e-6 * norm);
}

}  // namespace
}  // namespace aiops::train
