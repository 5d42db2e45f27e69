// SPDX-License-Identifier: Apache-2.0
#include "train/model/model.hpp"

#include "base/error.hpp"
#include "tests/unit/train/gradient_check.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/model/family.hpp"
#include "train/optimiser/adamw.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <utility>

namespace aiops::train {
namespace {

void expect_gradient(const ModelConfig& config) {
  ThreadPool threads(2);
  Model model(config, threads);
  initialise_roughly(model, 3);
  const TinyBatch data(3, 9, config.vocab_size);
  expect_gradient_along_directions(model, data.batch(), threads);
}

class EveryFamily : public testing::TestWithParam<Family> {};

TEST_P(EveryFamily, HasTheGradientOfFiniteDifferencesTied) {
  expect_gradient(tiny_config_of(GetParam(), true));
}

TEST_P(EveryFamily, HasTheGradientOfFiniteDifferencesUntied) {
  expect_gradient(tiny_config_of(GetParam(), false));
}

INSTANTIATE_TEST_SUITE_P(Families, EveryFamily, testing::ValuesIn(kAllFamilies),
                         [](const auto& family) {
                           return std::string(describe(family.param).model_type);
                         });

// Products of bfloat16 have 8 bits each; the loss and the direction of the gradient stay.
TEST(Model, Bfloat16StaysCloseToFp32) {
  ThreadPool threads(2);
  Model exact(tiny_config(), threads);
  Model rounded(tiny_config(), threads, {.precision = Precision::bf16});
  const TinyBatch data(2, 70, 37);
  double losses[2] = {};
  double across = 0;
  double squares[2] = {};
  for (const auto& [i, model] : {std::pair{0, &exact}, {1, &rounded}}) {
    model->initialise(9);
    model->zero_gradients();
    losses[i] = model->forward_backward(data.batch(), 1.0F);
  }
  EXPECT_NE(losses[0], losses[1]);
  EXPECT_NEAR(losses[1], losses[0], 2e-3 * losses[0]);
  for (std::size_t p = 0; p < exact.parameters().size(); ++p)
    for (std::size_t i = 0; i < exact.parameters()[p].gradient.size(); ++i) {
      const double a = static_cast<double>(exact.parameters()[p].gradient[i]);
      const double b = static_cast<double>(rounded.parameters()[p].gradient[i]);
      across += a * b;
      squares[0] += a * a;
      squares[1] += b * b;
    }
  EXPECT_GT(across / std::sqrt(squares[0] * squares[1]), 0.999);
}

// Radford et al., 2019: what adds to the residual stream begins smaller by 1 / sqrt(2 layers).
TEST(Model, Gpt2BeginsWithSmallResidualProjections) {
  ThreadPool threads(1);
  ModelConfig config = tiny_config_of(Family::gpt2);
  config.num_hidden_layers = 8;
  Model model(config, threads);
  model.initialise(1);
  for (const Parameter& p : model.parameters()) {
    double squares = 0;
    for (const float x : p.value) squares += static_cast<double>(x) * static_cast<double>(x);
    const double deviation = std::sqrt(squares / static_cast<double>(p.value.size()));
    const bool is_scaled = p.name.ends_with("c_proj.weight");
    const bool is_vector = p.role == Parameter::Role::vector;
    const double expected = is_vector   ? (p.name.ends_with(".bias") ? 0.0 : 1.0)
                            : is_scaled ? config.initializer_range / 4
                                        : config.initializer_range;
    EXPECT_NEAR(deviation, expected, 0.1 * expected) << p.name;
  }
}

// What transformers 4.36 (LlamaForCausalLM, torch 1.13) computes from the same weights and batch;
// tests/interop/family_parity.sh compares every tensor where those are installed.
TEST(Model, AgreesWithTransformers) {
  struct {
    bool tied;
    double loss, norm;
  } const expected[] = {{true, 474.2885760395539, 220.18455924045},
                        {false, 477.10224341356127, 237.9138376891818}};
  for (const auto& [tied, loss, norm] : expected) {
    ThreadPool threads(2);
    Model model(tiny_config(tied), threads);
    model.initialise(9);
    const TinyBatch data(2, 70, 37);
    model.zero_gradients();
    EXPECT_NEAR(model.forward_backward(data.batch(), 1.0F), loss, 1e-6 * loss);
    EXPECT_NEAR(gradient_norm(model.gradients(), model.backend()), norm, 1e-6 * norm);
  }
}

TEST(Model, FirstLossIsThatOfGuessing) {
  ThreadPool threads(2);
  ModelConfig config = tiny_config();
  config.vocab_size = 500;
  config.initializer_range = 0.02;
  Model model(config, threads);
  model.initialise(1);
  const TinyBatch data(4, 32, config.vocab_size);
  const double mean = model.loss(data.batch()) / static_cast<double>(data.counted());
  EXPECT_NEAR(mean, std::log(500.0), 0.05);
}

TEST(Model, LossIsTheSameWithAndWithoutGradients) {
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(1);
  const TinyBatch data(2, 70, 37);
  EXPECT_EQ(model.loss(data.batch()), model.forward_backward(data.batch(), 1.0F));
}

TEST(Model, GradientsOfMicroBatchesSum) {
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(1);
  const TinyBatch whole(4, 16, 37);
  model.zero_gradients();
  model.forward_backward(whole.batch(), 0.5F);
  std::vector<std::vector<float>> expected;
  for (const Parameter& p : model.parameters())
    expected.emplace_back(p.gradient.begin(), p.gradient.end());
  model.zero_gradients();
  for (std::size_t half : {0U, 32U})
    model.forward_backward({.rows = 2,
                            .length = 16,
                            .tokens = std::span(whole.tokens).subspan(half, 32),
                            .targets = std::span(whole.targets).subspan(half, 32)},
                           0.5F);
  for (std::size_t p = 0; p < expected.size(); ++p)
    for (std::size_t i = 0; i < expected[p].size(); ++i)
      ASSERT_NEAR(model.parameters()[p].gradient[i], expected[p][i], 2e-5)
          << model.parameters()[p].name;
}

TEST(Model, ZeroedGradientsHoldNothingOfTheBatchBefore) {
  ThreadPool threads(2);
  const TinyBatch first(2, 16, 37, 1), second(3, 9, 37, 2);
  for (const bool tied : {true, false}) {
    Model used(tiny_config(tied), threads);
    Model fresh(tiny_config(tied), threads);
    for (Model* model : {&used, &fresh}) model->initialise(1);
    used.zero_gradients();
    used.forward_backward(first.batch(), 1.0F);
    for (Model* model : {&used, &fresh}) {
      model->zero_gradients();
      model->forward_backward(second.batch(), 1.0F);
    }
    for (std::size_t p = 0; p < used.parameters().size(); ++p)
      EXPECT_TRUE(std::ranges::equal(used.parameters()[p].gradient, fresh.parameters()[p].gradient))
          << used.parameters()[p].name;
  }
}

// A vocabulary so large that the logits of the batch are made in two pieces.
TEST(Model, LogitsInPiecesGiveTheSameLossAndGradients) {
  ThreadPool threads(2);
  ModelConfig config = tiny_config();
  config.vocab_size = 300000;
  config.hidden_size = 4;
  config.num_hidden_layers = 1;
  Model model(config, threads);
  model.initialise(1);
  const TinyBatch whole(2, 40, config.vocab_size);
  const auto row = [&](std::size_t i) {
    return Batch{.rows = 1,
                 .length = 40,
                 .tokens = std::span(whole.tokens).subspan(40 * i, 40),
                 .targets = std::span(whole.targets).subspan(40 * i, 40)};
  };
  model.zero_gradients();
  const double loss = model.forward_backward(whole.batch(), 1.0F);
  EXPECT_EQ(model.loss(whole.batch()), loss);
  const double norm = gradient_norm(model.gradients(), model.backend());
  model.zero_gradients();
  const double halves = model.forward_backward(row(0), 1.0F) + model.forward_backward(row(1), 1.0F);
  EXPECT_NEAR(halves, loss, 1e-6 * loss);
  EXPECT_NEAR(gradient_norm(model.gradients(), model.backend()), norm, 1e-5 * norm);
}

// Losses and all parameters, as bytes, after some steps.
std::vector<std::vector<char>> trained(std::size_t thread_count) {
  ThreadPool threads(thread_count);
  ModelConfig config = tiny_config();
  config.vocab_size = 300;
  config.hidden_size = 72;
  config.intermediate_size = 200;
  Model model(config, threads);
  model.initialise(7);
  AdamW optimiser(model.parameters(), {}, model.backend());
  std::vector<std::vector<char>> seen;
  const auto keep = [&](const void* from, std::size_t bytes) {
    const char* begin = static_cast<const char*>(from);
    seen.emplace_back(begin, begin + bytes);
  };
  for (std::int64_t step = 1; step <= 4; ++step) {
    const TinyBatch data(3, 75, config.vocab_size, static_cast<std::uint64_t>(step));
    model.zero_gradients();
    const double loss = model.forward_backward(data.batch(), 0.01F);
    keep(&loss, sizeof loss);
    const double norm = gradient_norm(model.gradients(), model.backend());
    keep(&norm, sizeof norm);
    optimiser.step(1e-2, step, clip_factor(norm, 0.5));
  }
  for (const Parameter& p : model.parameters()) keep(p.value.data(), p.value.size_bytes());
  return seen;
}

TEST(Model, TrainsToTheSameBitsForAnyNumberOfThreads) {
  const auto one = trained(1);
  EXPECT_EQ(one, trained(2));
  EXPECT_EQ(one, trained(3));
}

TEST(Model, LearnsABatchByHeart) {
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(1);
  AdamW optimiser(model.parameters(), {.weight_decay = 0}, model.backend());
  const TinyBatch data(2, 12, 37);
  const auto counted = static_cast<double>(data.counted());
  for (std::int64_t step = 1; step <= 150; ++step) {
    model.zero_gradients();
    model.forward_backward(data.batch(), static_cast<float>(1 / counted));
    optimiser.step(1e-2, step);
  }
  EXPECT_LT(model.loss(data.batch()) / counted, 0.05);
}

TEST(Model, RefusesWhatItCannotRead) {
  ThreadPool threads(1);
  Model model(tiny_config(), threads);
  model.initialise(1);
  TinyBatch data(1, 4, 37);
  data.tokens[2] = 37;
  EXPECT_THROW(model.loss(data.batch()), Error);
  data.tokens[2] = 1;
  data.targets[0] = -2;
  EXPECT_THROW(model.loss(data.batch()), Error);
  data.targets.pop_back();
  EXPECT_THROW(model.loss(data.batch()), Error);
  const TinyBatch too_long(1, 301, 37);
  EXPECT_THROW(model.loss(too_long.batch()), Error);
}

}  // namespace
}  // namespace aiops::train
