// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/train/tiny_model.hpp"
#include "train/optimiser/optimiser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

double norm_of_gradients(Model& model) {
  double sum = 0;
  for (const Parameter& p : model.parameters())
    for (const float g : p.gradient) sum += static_cast<double>(g) * static_cast<double>(g);
  return std::sqrt(sum);
}

void fill_gradients(Model& model) {
  const TinyBatch data(2, 11, 37);
  model.zero_gradients();
  model.forward_backward(data.batch(), 1.0F);
}

void scale_gradients(Model& model, float factor) {
  for (const Parameter& p : model.parameters())
    for (float& g : p.gradient) g *= factor;
}

TEST(ClipGradients, ScalesDownToTheNormAndNeverUp) {
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(1);
  fill_gradients(model);
  const double norm = norm_of_gradients(model);
  EXPECT_NEAR(gradient_norm(model.gradients(), model.backend()), norm, 1e-9 * norm);
  EXPECT_EQ(clip_factor(norm, 0), 1.0F);
  EXPECT_EQ(clip_factor(norm, 2 * norm), 1.0F);
  EXPECT_EQ(clip_factor(norm, norm / 4), 0.25F);
}

// A step that takes the factor along is one on gradients that were scaled before, bit for bit.
TEST(ClipGradients, AStepScalesOnTheWay) {
  ThreadPool threads(2);
  for (const OptimiserKind kind : {OptimiserKind::adamw, OptimiserKind::muon, OptimiserKind::sgd}) {
    Model along(tiny_config(), threads);
    Model before(tiny_config(), threads);
    for (Model* model : {&along, &before}) {
      model->initialise(1);
      fill_gradients(*model);
      const auto optimiser = make_optimiser({.kind = kind}, model->parameters(), model->backend());
      if (model == &before) scale_gradients(*model, 0.3F);
      optimiser->step(1e-2, 1, model == &along ? 0.3F : 1.0F);
    }
    for (std::size_t p = 0; p < along.parameters().size(); ++p)
      EXPECT_TRUE(std::ranges::equal(along.parameters()[p].value, before.parameters()[p].value))
          << name_of(kind) << ", " << along.parameters()[p].name;
  }
}

}  // namespace
}  // namespace aiops::train
