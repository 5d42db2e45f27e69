// SPDX-License-Identifier: Apache-2.0
// Small models of every family, trained and asked on the device and on the CPU, by the same passes:
// the operators fit together, and say the same bits again in whatever order threads and streams
// run.
#include "base/thread_pool.hpp"
#include "tests/fakes/fixture.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/model/family.hpp"
#include "train/model/lora.hpp"
#include "train/optimiser/optimiser.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <tuple>

namespace aiops::train {

void PrintTo(const Family& family, std::ostream* out) { *out << describe(family).model_type; }

}  // namespace aiops::train

namespace aiops::fakes {
namespace {

using train::Batch;
using train::Family;
using train::Model;
using train::ModelOptions;
using train::OptimiserKind;
using train::Precision;
using train::TinyBatch;

using Gpu = std::shared_ptr<const device::Device>;

constexpr std::uint64_t kSeed = 3;
constexpr std::int64_t kRows = 2, kLength = 9;
constexpr int kSteps = 3;
constexpr float kMaxNorm = 0.15F;

double tolerance(Precision precision) { return precision == Precision::bf16 ? 2e-2 : 1e-3; }

struct Trained {
  std::vector<double> losses;
  std::vector<float> values, logits;
};

std::vector<float> values_of(Model& model) {
  std::vector<float> all;
  for (const train::Parameter& p : model.trainable())
    all.insert(all.end(), p.value.begin(), p.value.end());
  return all;
}

// Says something of its own in every adapter, so that each has a gradient.
void stir_adapters(Model& model) {
  if (model.lora() == nullptr) return;
  for (const train::Parameter& p : model.trainable())
    for (std::size_t i = 0; i < p.value.size(); ++i)
      p.value[i] =
          static_cast<float>(kernels::uniform(9, kernels::stream_of(p.name), i) / 4 - 0.125);
}

// A prompt, and then two tokens one by one.
std::vector<float> ask(Model& model) {
  const TinyBatch text(1, 12, 37);
  const std::span<const std::int32_t> tokens(text.tokens);
  model.reset_cache();
  model.forward_cached(tokens.first(10));
  model.forward_cached(tokens.subspan(10, 1));
  const auto logits = model.forward_cached(tokens.subspan(11, 1));
  return {logits.begin(), logits.end()};
}

struct How {
  Family family = Family::llama;
  ModelOptions options = {};
  OptimiserKind optimiser = OptimiserKind::adamw;
  std::vector<std::int32_t> positions = {};  // of packed documents
  train::ModelHead head = {};
};

Trained train(const Gpu& gpu, How how) {
  ThreadPool threads(1);
  how.options.device = gpu;
  train::ModelConfig config = train::tiny_config_of(how.family);
  config.head = how.head;
  Model model(config, threads, how.options);
  initialise_roughly(model, kSeed);
  stir_adapters(model);
  const auto optimiser = make_optimiser({.kind = how.optimiser, .weight_decay = 0.1},
                                        model.trainable(), model.backend());
  const auto gradients = model.gradients();
  Trained trained;
  std::uint64_t free = 0;
  for (int step = 1; step <= kSteps; ++step) {
    const TinyBatch data(kRows, kLength, 37, static_cast<std::uint64_t>(step));
    Batch batch = data.batch();
    batch.positions = how.positions;
    std::vector<std::int32_t> labels;
    std::vector<float> values;
    if (!how.head.is_language()) {
      for (const std::int32_t target : data.targets)
        labels.push_back(target < 0 ? -1 : target % static_cast<std::int32_t>(3));
      for (int i = 0; i < 9; ++i) values.push_back(static_cast<float>(i % 4) - 1.5F);
      batch.targets = labels;
      batch.values = values;
    }
    batch.draws = {.seed = 5, .first_row = static_cast<std::uint64_t>(step)};
    model.zero_gradients();
    trained.losses.push_back(model.forward_backward(batch, 1 / static_cast<float>(data.counted())));
    const double norm = train::gradient_norm(gradients, model.backend());
    EXPECT_GT(norm, kMaxNorm) << "nothing is clipped";
    optimiser->step(0.02, step, train::clip_factor(norm, kMaxNorm));
    if (!gpu) continue;
    if (step > 2) {
      EXPECT_EQ(gpu->memory().free, free) << "a step allocates";
    }
    free = gpu->memory().free;
  }
  trained.values = values_of(model);
  trained.logits = ask(model);
  return trained;
}

double largest_of(const std::vector<float>& numbers) {
  double largest = 0;
  for (const float x : numbers) largest = std::max(largest, std::abs(static_cast<double>(x)));
  return largest;
}

class Models : public OnFakes {
 protected:
  // Once on the CPU, twice on the device, the second time in another order of threads and streams.
  void expect_alike(const How& how) {
    const Trained expected = train(nullptr, how);
    const Trained trained = train(repeatable, how);
    const double allowed = tolerance(how.options.precision);
    for (std::size_t step = 0; step < expected.losses.size(); ++step)
      EXPECT_NEAR(trained.losses[step], expected.losses[step], allowed * expected.losses[step])
          << "step " << step + 1;
    ASSERT_EQ(trained.logits.size(), expected.logits.size());
    const double largest = largest_of(expected.logits);
    for (std::size_t i = 0; i < expected.logits.size(); ++i)
      ASSERT_NEAR(trained.logits[i], expected.logits[i], 5 * allowed * largest) << i;

    set_thread_order(ThreadOrder::shuffled, 4);
    set_order(Order::eager);
    const Trained again = train(repeatable, how);
    EXPECT_EQ(again.losses, trained.losses);
    EXPECT_EQ(again.values, trained.values);
    EXPECT_EQ(again.logits, trained.logits);
  }

  const Gpu repeatable =
      std::make_shared<const device::Device>(open_plugin(), 0, device::Determinism::on);
};

class ModelsOfFamilies : public Models,
                         public testing::WithParamInterface<std::tuple<Family, Precision>> {};

TEST_P(ModelsOfFamilies, LearnOnTheDeviceAsOnTheCpu) {
  const auto [family, precision] = GetParam();
  expect_alike({.family = family, .options = {.precision = precision}});
}

INSTANTIATE_TEST_SUITE_P(Families, ModelsOfFamilies,
                         testing::Combine(testing::ValuesIn(train::kAllFamilies),
                                          testing::Values(Precision::fp32, Precision::bf16)),
                         [](const auto& one) {
                           const bool is_bf16 = std::get<1>(one.param) == Precision::bf16;
                           return std::string(train::describe(std::get<0>(one.param)).model_type) +
                                  (is_bf16 ? "_bf16" : "_fp32");
                         });

TEST_F(Models, PackDocumentsThatDoNotSeeEachOther) {
  How how;
  for (std::int32_t i = 0; i < kRows * kLength; ++i) how.positions.push_back(i % kLength % 5);
  expect_alike(how);
}

TEST_F(Models, RunLayersAgainInsteadOfKeepingThem) {
  expect_alike({.options = {.recompute = train::Recompute::layers}});
}

TEST_F(Models, TrainAdaptersAlone) {
  const train::LoraOptions lora{
      .rank = 3, .alpha = 6, .targets = {"q_proj", "v_proj", "up_proj", "down_proj"}};
  expect_alike({.options = {.lora = lora}});
  expect_alike({.options = {.precision = Precision::bf16, .lora = lora}});
}

TEST_F(Models, DropWhatTheCpuDrops) {
  expect_alike(
      {.options = {.lora = {.rank = 4, .alpha = 8, .dropout = 0.25, .targets = {"q_proj"}}}});
}

TEST_F(Models, LearnLabelsAndNumbers) {
  for (const train::HeadKind kind :
       {train::HeadKind::classification, train::HeadKind::regression}) {
    expect_alike({.head = {.kind = kind, .labels = {"a", "b", "c"}}});
  }
}

TEST_F(Models, FollowSgd) { expect_alike({.optimiser = OptimiserKind::sgd}); }

// Not in bf16: singular values that are rounding's alone are lifted like all others.
TEST_F(Models, FollowMuon) { expect_alike({.optimiser = OptimiserKind::muon}); }

}  // namespace
}  // namespace aiops::fakes
