// SPDX-License-Identifier: Apache-2.0
// Facts that the operators rest on: the exponential's bound, the generator's known answers.
#include "kernels/cpu/vector_math.hpp"
#include "kernels/cross_entropy.hpp"
#include "kernels/dropout.hpp"
#include "kernels/random.hpp"
#include "kernels/reference/random.hpp"
#include "kernels/sampling.hpp"
#include "tests/unit/kernels/proof.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace aiops::kernels {
namespace {

TEST(Exponential, IsWithinItsBound) {
  double worst = 0;
  for (float x = -87.3F; x <= 88.3F; x += 1.0F / 4099) {
    const double exact = std::exp(static_cast<double>(x));
    worst = std::max(worst, std::abs(static_cast<double>(exponential(x)) - exact) / exact);
  }
  EXPECT_LT(worst, 2.4e-7);
}

TEST(Exponential, HasItsEnds) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(exponential(0.0F), 1.0F);
  EXPECT_EQ(exponential(-88.0F), 0.0F);
  EXPECT_EQ(exponential(-kInfinity), 0.0F);
  EXPECT_EQ(exponential(kInfinity), exponential(88.3F));
  EXPECT_TRUE(std::isnan(exponential(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_EQ(logistic(200.0F), 1.0F);
  EXPECT_NEAR(logistic(-200.0F), 0.0F, 1e-37F);
}

// The known answers of the Random123 distribution's kat_vectors.
TEST(Philox, GivesTheKnownAnswers) {
  using Words = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, QuantileIsRightIntoTheTails) {
  for (const double p : {0x1p-33, 1e-9, 1e-6, 0.01, 0.074, 0.076, 0.3, 0.5, 0.7, 0.99, 1 - 1e-9}) {
    const double exact = reference::normal_quantile(p);
    EXPECT_NEAR(normal_quantile(p), exact, 1e-6 * std::abs(exact) + 1e-9) << p;
  }
}

// What is dropped is that share of the elements, and another one for other numbers.
TEST(Dropout, DropsItsShare) {
  ThreadPool threads(1);
  const Floats ones(1 << 20, 1.0F);
  const auto dropped = [&](const Dropout& shape) {
    Floats y(ones.size());
    dropout_forward(shape, ones.data(), y.data(), threads);
    return y;
  };
  constexpr std::int64_t kCount = 1 << 20;
  for (const double rate : {0.05, 0.5}) {
    const Dropout shape{.count = kCount, .rate = rate, .seed = 1, .stream = 2};
    const Floats y = dropped(shape);
    const auto zeros = static_cast<double>(std::ranges::count(y, 0.0F));
    EXPECT_NEAR(zeros / kCount, rate, 5 * std::sqrt(rate * (1 - rate) / kCount));
    EXPECT_NEAR(std::ranges::max(y), 1 / (1 - rate), 1e-4);
    Dropout other = shape;
    other.first = kCount;
    const Floats z = dropped(other);
    double both = 0;
    for (std::size_t i = 0; i < y.size(); ++i) both += y[i] == 0 && z[i] == 0 ? 1 : 0;
    EXPECT_NEAR(both / kCount, rate * rate, 5 * rate / std::sqrt(kCount));
  }
}

// Pinned: a model initialised from a seed is the same model everywhere and for ever.
TEST(Random, BitsAreFixed) {
  ThreadPool threads(1);
  Floats out(3);
  fill_normal(42, stream_of("model.norm.weight"), 0.02F, out, threads);
  EXPECT_EQ(out, (Floats{0x1.0e8b9ap-7F, -0x1.e13a7cp-7F, 0x1.5180a6p-6F}));
}

TEST(CrossEntropy, BothPassesGiveTheSameLosses) {
  ThreadPool threads(2);
  const CrossEntropy shape{20, 77};
  const auto targets = some_tokens(shape.rows, shape.vocab, 4);
  const Numbers exact = some_numbers(shape.rows * shape.vocab, 1, 5);
  Floats logits(exact.begin(), exact.end());
  Floats forward = garbage(20);
  Floats backward = garbage(20);
  cross_entropy_forward(shape, logits.data(), targets.data(), forward.data(), threads);
  cross_entropy_backward(shape, logits.data(), targets.data(), 1, backward.data(), threads);
  EXPECT_EQ(forward, backward);
}

TEST(Sampling, PicksByProbability) {
  const std::vector<Candidate> candidates{{7, 0.5}, {2, 0.3}, {9, 0.2}};
  EXPECT_EQ(pick(candidates, 0.0), 7);
  EXPECT_EQ(pick(candidates, 0.49), 7);
  EXPECT_EQ(pick(candidates, 0.51), 2);
  EXPECT_EQ(pick(candidates, 0.81), 9);
  EXPECT_EQ(pick(candidates, 0.9999999999999999), 9);
}

TEST(Sampling, BreaksTiesByToken) {
  std::vector<Candidate> candidates;
  candidates_of(Floats{1, 3, 3, 0}, {.temperature = 0}, candidates);
  EXPECT_EQ(candidates.front().token, 1);
  candidates_of(Floats{1, 3, 3, 0}, {.top_k = 1}, candidates);
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_EQ(candidates.front().token, 1);
}

TEST(Sampling, PenalisesEachSeenTokenOnce) {
  Floats logits{2, -2, 2, 0, 1};
  penalise_repetition(std::vector<std::int32_t>{0, 1, 0, 3, 0}, 2, logits);
  EXPECT_EQ(logits, (Floats{1, -4, 2, 0, 1}));
  penalise_repetition(std::vector<std::int32_t>{2}, 1, logits);
  EXPECT_EQ(logits, (Floats{1, -4, 2, 0, 1}));
}

}  // namespace
}  // namespace aiops::kernels
