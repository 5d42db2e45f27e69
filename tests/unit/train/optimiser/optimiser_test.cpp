// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/optimiser.hpp"

#include "base/error.hpp"
#include "tests/unit/train/tiny_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace aiops::train {
namespace {

constexpr OptimiserKind kKinds[] = {OptimiserKind::adamw, OptimiserKind::muon, OptimiserKind::sgd};

void one_step(Model& model, Optimiser& optimiser, std::int64_t number) {
  const TinyBatch data(2, 11, 37, static_cast<std::uint64_t>(number));
  model.zero_gradients();
  model.forward_backward(data.batch(), 0.1F);
  optimiser.step(1e-2, number);
}

std::vector<float> all_values(Model& model) {
  std::vector<float> all;
  for (const Parameter& p : model.parameters())
    all.insert(all.end(), p.value.begin(), p.value.end());
  return all;
}

std::vector<float> after_steps(OptimiserKind kind, std::size_t thread_count) {
  ThreadPool threads(thread_count);
  Model model(tiny_config(), threads);
  model.initialise(1);
  const auto optimiser = make_optimiser({.kind = kind}, model.parameters(), model.backend());
  for (std::int64_t number = 1; number <= 3; ++number) one_step(model, *optimiser, number);
  return all_values(model);
}

class EveryOptimiser : public testing::TestWithParam<OptimiserKind> {};

TEST_P(EveryOptimiser, GoesOnFromItsStateWithTheSameBits) {
  ThreadPool threads(2);
  const OptimiserOptions options{.kind = GetParam()};
  Model whole(tiny_config(), threads);
  whole.initialise(1);
  const auto steady = make_optimiser(options, whole.parameters(), whole.backend());
  for (std::int64_t number = 1; number <= 3; ++number) one_step(whole, *steady, number);

  Model resumed(tiny_config(), threads);
  const auto fresh = make_optimiser(options, resumed.parameters(), resumed.backend());
  for (std::size_t i = 0; i < whole.parameters().size(); ++i)
    std::ranges::copy(whole.parameters()[i].value, resumed.parameters()[i].value.begin());
  const auto from = steady->state();
  const auto to = fresh->state();
  ASSERT_EQ(from.size(), to.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    ASSERT_EQ(from[i].name, to[i].name);
    std::ranges::copy(from[i].values, to[i].values.begin());
  }
  for (std::int64_t number = 4; number <= 6; ++number) {
    one_step(whole, *steady, number);
    one_step(resumed, *fresh, number);
  }
  EXPECT_EQ(all_values(resumed), all_values(whole));
}

TEST_P(EveryOptimiser, GivesTheSameBitsForAnyNumberOfThreads) {
  EXPECT_EQ(after_steps(GetParam(), 1), after_steps(GetParam(), 3));
}

TEST_P(EveryOptimiser, DecaysMatricesOnly) {
  ThreadPool threads(1);
  Model model(tiny_config(), threads);
  model.initialise(1);
  const auto before = all_values(model);
  // Gradients of zero: what is left of a step is the decay.
  const auto optimiser = make_optimiser(
      {.kind = GetParam(), .learning_rate = 1e-2, .matrix_rate = 1e-2, .weight_decay = 0.5},
      model.parameters(), model.backend());
  model.zero_gradients();
  optimiser->step(1e-2, 1);
  std::size_t at = 0;
  for (const Parameter& p : model.parameters())
    for (const float value : p.value) {
      const float factor = p.decay ? static_cast<float>(1 - 1e-2 * 0.5) : 1.0F;
      ASSERT_EQ(value, before[at] * factor) << p.name;
      ++at;
    }
}

TEST_P(EveryOptimiser, ForgetsWhatItLearntWhenCleared) {
  ThreadPool threads(1);
  Model model(tiny_config(), threads);
  model.initialise(1);
  const auto optimiser = make_optimiser({.kind = GetParam()}, model.parameters(), model.backend());
  one_step(model, *optimiser, 1);
  optimiser->clear();
  std::uint64_t bytes = 0;
  for (const NamedTensor& tensor : optimiser->state()) {
    EXPECT_TRUE(std::ranges::all_of(tensor.values, [](float x) { return x == 0; })) << tensor.name;
    bytes += tensor.values.size_bytes();
  }
  EXPECT_EQ(optimiser->state_bytes(), bytes);
  EXPECT_GT(bytes, 0u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryOptimiser, testing::ValuesIn(kKinds),
                         [](const auto& test) { return std::string(name_of(test.param)); });

// One parameter of its own memory.
struct Lone {
  Lone(std::string name, std::vector<std::uint64_t> shape, std::vector<float> v,
       std::vector<float> g)
      : value(std::move(v)), gradient(std::move(g)) {
    parameter = {.name = std::move(name),
                 .shape = std::move(shape),
                 .value = value,
                 .gradient = gradient,
                 .decay = true};
  }
  std::vector<float> value, gradient;
  Parameter parameter;
};

TEST(Sgd, FollowsTheRunningGradient) {
  ThreadPool threads(1);
  const auto backend = kernels::cpu_backend(threads);
  Lone lone("w", {2, 1}, {1, -2}, {0.5, 0.25});
  const auto sgd =
      make_optimiser({.kind = OptimiserKind::sgd, .momentum = 0.5, .weight_decay = 0.1},
                     {&lone.parameter, 1}, *backend);
  sgd->step(0.1, 1);  // 1 · 0.99 - 0.1 · 0.5, -2 · 0.99 - 0.1 · 0.25
  EXPECT_FLOAT_EQ(lone.value[0], 0.94F);
  EXPECT_FLOAT_EQ(lone.value[1], -2.005F);
  sgd->step(0.1, 2);  // the buffer is 0.75 and 0.375
  EXPECT_FLOAT_EQ(lone.value[0], 0.94F * 0.99F - 0.075F);
  EXPECT_FLOAT_EQ(lone.value[1], -2.005F * 0.99F - 0.0375F);
}

// A diagonal gradient stays diagonal, so Muon's update of it can be worked out by hand: each
// singular value goes through the polynomial five times.
double five_rounds(double s) {
  for (int round = 0; round < 5; ++round)
    s = 3.4445 * s - 4.7750 * s * s * s + 2.0315 * s * s * s * s * s;
  return s;
}

TEST(Muon, MakesSingularValuesAlike) {
  ThreadPool threads(1);
  const auto backend = kernels::cpu_backend(threads);
  Lone lone("model.layers.0.mlp.up_proj.weight", {3, 2}, {0, 0, 0, 0, 0, 0}, {3, 0, 0, 0.4F, 0, 0});
  const auto muon = make_optimiser(
      {.kind = OptimiserKind::muon, .learning_rate = 1e-3, .momentum = 0.95, .matrix_rate = 0.02},
      {&lone.parameter, 1}, *backend);
  muon->step(5e-4, 1);  // half of the peak
  const double norm = std::hypot(3, 0.4);
  const double rate = 0.01 * std::sqrt(1.5);
  EXPECT_NEAR(lone.value[0], -rate * five_rounds(3 / norm), 1e-7);
  EXPECT_NEAR(lone.value[3], -rate * five_rounds(0.4 / norm), 1e-7);
  for (const std::size_t zero : {1u, 2u, 4u, 5u}) EXPECT_EQ(lone.value[zero], 0);
  ASSERT_EQ(muon->state().size(), 1u);
  EXPECT_EQ(muon->state()[0].name, "momentum_buffer.model.layers.0.mlp.up_proj.weight");
  EXPECT_FLOAT_EQ(muon->state()[0].values[0], 0.15F);  // 0.05 of the gradient
}

TEST(Muon, LeavesTablesAndVectorsToAdamW) {
  ThreadPool threads(1);
  Model model(tiny_config(), threads);
  const auto muon =
      make_optimiser({.kind = OptimiserKind::muon}, model.parameters(), model.backend());
  for (const NamedTensor& tensor : muon->state()) {
    const bool is_inner = tensor.name.find("proj") != std::string::npos;
    EXPECT_EQ(tensor.name.starts_with("momentum_buffer."), is_inner) << tensor.name;
    EXPECT_EQ(tensor.name.starts_with("exp_avg"), !is_inner) << tensor.name;
  }
}

TEST(OptimiserNames, AreReadAndRefused) {
  for (const OptimiserKind kind : kKinds) EXPECT_EQ(parse_optimiser(name_of(kind), "x"), kind);
  EXPECT_THROW(parse_optimiser("adam", "x"), Error);
}

}  // namespace
}  // namespace aiops::train
