// SPDX-License-Identifier: Apache-2.0
#include "train/adamw.hpp"

#include "tests/unit/train/tiny_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

constexpr double kRate = 1e-2;

void one_step(Model& model, AdamW& optimiser, std::int64_t step) {
  const TinyBatch data(2, 11, 37, static_cast<std::uint64_t>(step));
  model.zero_gradients();
  model.forward_backward(data.batch(), 0.1F);
  optimiser.step(kRate, step);
}

std::vector<float> all_values(Model& model) {
  std::vector<float> all;
  for (const Parameter& p : model.parameters())
    all.insert(all.end(), p.value.begin(), p.value.end());
  return all;
}

double norm_of_gradients(Model& model) {
  double sum = 0;
  for (const Parameter& p : model.parameters())
    for (const float g : p.gradient) sum += static_cast<double>(g) * static_cast<double>(g);
  return std::sqrt(sum);
}

TEST(AdamW, GoesOnFromItsMomentsWithTheSameBits) {
  ThreadPool threads(2);
  Model whole(tiny_config(), threads);
  whole.initialise(1);
  AdamW steady(whole.parameters(), {}, threads);
  for (std::int64_t step = 1; step <= 3; ++step) one_step(whole, steady, step);

  Model resumed(tiny_config(), threads);
  AdamW fresh(resumed.parameters(), {}, threads);
  for (std::size_t i = 0; i < resumed.parameters().size(); ++i) {
    const auto copy = [](std::span<const float> from, std::span<float> to) {
      std::copy(from.begin(), from.end(), to.begin());
    };
    copy(whole.parameters()[i].value, resumed.parameters()[i].value);
    copy(steady.moments()[i].m, fresh.moments()[i].m);
    copy(steady.moments()[i].v, fresh.moments()[i].v);
  }
  for (std::int64_t step = 4; step <= 6; ++step) {
    one_step(whole, steady, step);
    one_step(resumed, fresh, step);
  }
  EXPECT_EQ(all_values(resumed), all_values(whole));
}

TEST(AdamW, DecaysMatricesOnly) {
  ThreadPool threads(1);
  Model model(tiny_config(), threads);
  model.initialise(1);
  const auto before = all_values(model);
  AdamW optimiser(model.parameters(), {.weight_decay = 0.5}, threads);
  model.zero_gradients();
  optimiser.step(kRate, 1);
  std::size_t at = 0;
  for (const Parameter& p : model.parameters())
    for (const float value : p.value) {
      const float factor = p.decay ? static_cast<float>(1 - kRate * 0.5) : 1.0F;
      ASSERT_EQ(value, before[at] * factor) << p.name;
      ++at;
    }
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
