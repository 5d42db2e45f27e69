// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "tests/unit/train/tiny_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

// fp32 sums in another order (one row at a time, other tiles) differ by some units in the last
// place; logits here are of the order of 1.
constexpr float kTolerance = 2e-5F;

// -log softmax(logits)[target].
double token_loss(std::span<const float> logits, std::int32_t target) {
  const double top = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float x : logits) sum += std::exp(static_cast<double>(x) - top);
  return std::log(sum) + top - static_cast<double>(logits[static_cast<std::size_t>(target)]);
}

TEST(Cache, TokenByTokenGivesTheLossOfTheFullForward) {
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(2);
  TinyBatch data(1, 40, 37);
  double expected = 0;
  for (std::size_t i = 0; i < 40; ++i) {
    data.targets.assign(40, -1);
    data.targets[i] = data.tokens[(i + 1) % 40];
    const double full = model.loss(data.batch());
    const auto logits = model.forward_cached(std::span(data.tokens).subspan(i, 1));
    EXPECT_NEAR(token_loss(logits, data.targets[i]), full, kTolerance);
    expected += full;
  }
  EXPECT_EQ(model.cached(), 40);
  EXPECT_GT(expected, 40.0);
}

TEST(Cache, PromptInAnyPiecesGivesTheSameLogits) {
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(2);
  const TinyBatch data(1, 290, 37);  // longer than one piece of a prompt
  const auto whole = model.forward_cached(data.tokens);
  const std::vector<float> expected(whole.begin(), whole.end());
  model.reset_cache();
  EXPECT_EQ(model.cached(), 0);
  const std::span<const std::int32_t> tokens(data.tokens);
  model.forward_cached(tokens.first(3));
  model.forward_cached(tokens.subspan(3, 130));
  const auto logits = model.forward_cached(tokens.subspan(133));
  ASSERT_EQ(logits.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(logits[i], expected[i], kTolerance);
}

TEST(Cache, SurvivesTrainingInBetween) {
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(2);
  const TinyBatch data(2, 30, 37);
  const std::span<const std::int32_t> tokens(data.tokens);
  const auto first = model.forward_cached(tokens.first(21));
  const std::vector<float> expected(first.begin(), first.end());
  model.reset_cache();
  model.forward_cached(tokens.first(20));
  model.zero_gradients();
  model.forward_backward(data.batch(), 1.0F);
  const auto logits = model.forward_cached(tokens.subspan(20, 1));
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(logits[i], expected[i], kTolerance);
}

TEST(Cache, RefusesToGoPastTheLastPosition) {
  ThreadPool threads(1);
  Model model(tiny_config(), threads);
  model.initialise(2);
  const TinyBatch data(1, 300, 37);
  model.forward_cached(data.tokens);
  EXPECT_THROW(model.forward_cached(std::span(data.tokens).first(1)), Error);
  EXPECT_THROW(model.forward_cached({}), Error);
}

}  // namespace
}  // namespace aiops::train
