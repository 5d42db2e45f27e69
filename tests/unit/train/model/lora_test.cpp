// SPDX-License-Identifier: Apache-2.0
#include "train/model/lora.hpp"

#include "base/error.hpp"
#include "tests/unit/train/tiny_model.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

namespace aiops::train {
namespace {

const LoraOptions kOptions{
    .rank = 3, .alpha = 6, .targets = {"q_proj", "v_proj", "up_proj", "o_proj", "down_proj"}};

// A base, and the same with adapters that say something.
class LoraTest : public testing::Test {
 protected:
  LoraTest() {
    base.initialise(4);
    adapted.initialise(4);
    adapted.lora()->initialise(7);
  }
  void stir() {
    for (const Parameter& p : adapted.trainable())
      for (std::size_t i = 0; i < p.value.size(); ++i)
        p.value[i] = static_cast<float>(kernels::uniform(9, kernels::stream_of(p.name), i) - 0.5);
  }
  // The base's weights become those that the adapted model stands for.
  void merge_into_base() {
    adapted.merge_adapters();
    for (std::size_t i = 0; i < base.parameters().size(); ++i)
      std::ranges::copy(adapted.parameters()[i].value, base.parameters()[i].value.begin());
  }
  ThreadPool threads{2};
  Model base{tiny_config(), threads};
  Model adapted{tiny_config(), threads, {.lora = kOptions}};
  TinyBatch data{2, 40, 37};
};

TEST_F(LoraTest, BeginsAsItsBaseBitForBit) {
  EXPECT_EQ(adapted.loss(data.batch()), base.loss(data.batch()));
  stir();
  EXPECT_NE(adapted.loss(data.batch()), base.loss(data.batch()));
}

TEST_F(LoraTest, TrainsTheAdaptersAlone) {
  EXPECT_EQ(adapted.trainable().size(), 2u * 5 * 2);
  EXPECT_EQ(adapted.trainable()[0].name,
            "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight");
  EXPECT_EQ(adapted.trainable()[0].shape, (std::vector<std::uint64_t>{3, 24}));
  EXPECT_EQ(adapted.trainable()[3].shape, (std::vector<std::uint64_t>{12, 3}));  // v_proj's B
  for (const Parameter& p : adapted.parameters()) EXPECT_TRUE(p.gradient.empty()) << p.name;
}

TEST_F(LoraTest, IsTheModelThatItsMergedWeightsAre) {
  stir();
  const double loss = adapted.loss(data.batch());
  merge_into_base();
  EXPECT_NEAR(base.loss(data.batch()), loss, 1e-5 * loss);
}

// With W' = W + s B A: the gradient of B is s dW' A^T, that of A is s B^T dW'.
TEST_F(LoraTest, HasTheGradientsThatFollowFromThoseOfTheMergedWeights) {
  stir();
  adapted.zero_gradients();
  const double loss = adapted.forward_backward(data.batch(), 0.25F);
  merge_into_base();
  base.zero_gradients();
  EXPECT_NEAR(base.forward_backward(data.batch(), 0.25F), loss, 1e-5 * loss);
  std::map<std::string, std::span<float>> whole;
  for (const Parameter& p : base.parameters()) whole[p.name] = p.gradient;
  constexpr double kScale = 2;
  const auto parameters = adapted.trainable();
  for (std::size_t i = 0; i < parameters.size(); i += 2) {
    const Parameter &a = parameters[i], &b = parameters[i + 1];
    const std::size_t rank = a.shape[0], in = a.shape[1], out = b.shape[0];
    const std::string path = a.name.substr(17, a.name.size() - 17 - 14);
    const auto gradient = whole.at(path + ".weight");
    for (std::size_t r = 0; r < rank; ++r) {
      for (std::size_t k = 0; k < in; ++k) {
        double expected = 0;
        for (std::size_t o = 0; o < out; ++o)
          expected += kScale * b.value[o * rank + r] * gradient[o * in + k];
        ASSERT_NEAR(a.gradient[r * in + k], expected, 1e-4 * std::abs(expected) + 1e-4) << a.name;
      }
      for (std::size_t o = 0; o < out; ++o) {
        double expected = 0;
        for (std::size_t k = 0; k < in; ++k)
          expected += kScale * gradient[o * in + k] * a.value[r * in + k];
        ASSERT_NEAR(b.gradient[o * rank + r], expected, 1e-4 * std::abs(expected) + 1e-4) << b.name;
      }
    }
  }
}

// The same rows of the run, parted otherwise.
Batch numbered(const TinyBatch& data, std::int64_t first, std::int64_t rows) {
  Batch batch = data.batch();
  const auto begin = static_cast<std::size_t>(first * data.length);
  const auto count = static_cast<std::size_t>(rows * data.length);
  batch.rows = rows;
  batch.tokens = batch.tokens.subspan(begin, count);
  batch.targets = batch.targets.subspan(begin, count);
  batch.draws = {11, 300 + static_cast<std::uint64_t>(first)};
  return batch;
}

std::vector<float> gradients_of(Model& model) {
  std::vector<float> all;
  for (const Parameter& p : model.trainable())
    all.insert(all.end(), p.gradient.begin(), p.gradient.end());
  return all;
}

class DroppingTest : public LoraTest {
 protected:
  // Weights that say something, in a model that drops.
  std::unique_ptr<Model> dropping(double rate, ThreadPool& pool,
                                  Recompute recompute = Recompute::none) {
    LoraOptions options = kOptions;
    options.dropout = rate;
    auto model = std::make_unique<Model>(tiny_config(), pool,
                                         ModelOptions{.recompute = recompute, .lora = options});
    model->initialise(4);
    stir();
    for (std::size_t i = 0; i < adapted.trainable().size(); ++i)
      std::ranges::copy(adapted.trainable()[i].value, model->trainable()[i].value.begin());
    model->zero_gradients();
    return model;
  }
};

TEST_F(DroppingTest, DropsWhileItTrainsAlone) {
  const auto model = dropping(0.3, threads);
  const double trained = model->forward_backward(numbered(data, 0, 2), 1);
  EXPECT_NE(trained, adapted.loss(data.batch()));
  EXPECT_EQ(model->loss(numbered(data, 0, 2)), adapted.loss(data.batch()));
  const auto nothing = dropping(0, threads);
  adapted.zero_gradients();
  EXPECT_EQ(nothing->forward_backward(numbered(data, 0, 2), 1),
            adapted.forward_backward(data.batch(), 1));
  EXPECT_EQ(gradients_of(*nothing), gradients_of(adapted));
}

TEST_F(DroppingTest, DropsTheSameForAnyThreadsAndWhenLayersRunAgain) {
  const auto first = dropping(0.3, threads);
  const double loss = first->forward_backward(numbered(data, 0, 2), 1);
  ThreadPool three(3);
  for (const Recompute recompute : {Recompute::none, Recompute::layers}) {
    const auto again = dropping(0.3, three, recompute);
    EXPECT_EQ(again->forward_backward(numbered(data, 0, 2), 1), loss);
    EXPECT_EQ(gradients_of(*again), gradients_of(*first));
  }
}

TEST_F(DroppingTest, DropsByTheNumberOfTheRow) {
  const auto whole = dropping(0.3, threads), parts = dropping(0.3, threads);
  const double loss = whole->forward_backward(numbered(data, 0, 2), 1);
  const double first = parts->forward_backward(numbered(data, 0, 1), 1);
  EXPECT_NEAR(first + parts->forward_backward(numbered(data, 1, 1), 1), loss, 1e-6 * loss);
  const auto other = dropping(0.3, threads);
  Batch later = numbered(data, 0, 2);
  later.draws.first_row += 2;
  EXPECT_NE(other->forward_backward(later, 1), loss);
}

// The loss as a function of one number, with the same elements dropped.
TEST_F(DroppingTest, HasTheGradientOfWhatItKeeps) {
  const auto model = dropping(0.3, threads);
  const Batch batch = numbered(data, 0, 2);
  model->forward_backward(batch, 1);
  const auto gradients = gradients_of(*model);
  std::size_t at = 0;
  for (const Parameter& p : model->trainable()) {
    for (std::size_t i = 0; i < p.value.size(); i += 1 + p.value.size() / 3) {
      constexpr float kStep = 1.0F / 256;
      const float kept = p.value[i];
      p.value[i] = kept + kStep;
      const double above = model->forward_backward(batch, 1);
      p.value[i] = kept - kStep;
      const double below = model->forward_backward(batch, 1);
      p.value[i] = kept;
      const double expected = (above - below) / (2 * static_cast<double>(kStep));
      EXPECT_NEAR(gradients[at + i], expected, 0.02 * std::abs(expected) + 0.02) << p.name;
    }
    at += p.value.size();
  }
}

TEST_F(LoraTest, CountsByRankOrByItsRootAndMatrixByMatrix) {
  LoraOptions options = kOptions;
  options.scale = LoraScale::by_root;
  options.others["model.layers.1.mlp.up_proj"] = {2, 9};
  Model other(tiny_config(), threads, {.lora = options});
  other.initialise(4);
  for (const Parameter& p : other.trainable()) {
    const bool is_other = p.name.find("layers.1.mlp.up_proj") != std::string::npos;
    EXPECT_EQ(p.shape[p.name.ends_with("A.weight") ? 0 : 1], is_other ? 2u : 3u) << p.name;
    std::ranges::fill(p.value, 0.125F);
  }
  const double loss = other.loss(data.batch());
  // W + s B A, all of B A being rank/64.
  for (const Parameter& p : base.parameters()) {
    const std::string path = p.name.substr(0, p.name.size() - 7);
    const bool adapts =
        std::ranges::any_of(kOptions.targets, [&](const auto& t) { return is_named(path, t); });
    if (!adapts) continue;
    const double share =
        path == "model.layers.1.mlp.up_proj" ? 9 / std::sqrt(2.0) * 2 : 6 / std::sqrt(3.0) * 3;
    for (float& value : p.value) value += static_cast<float>(share / 64);
  }
  EXPECT_NEAR(base.loss(data.batch()), loss, 1e-5 * loss);
}

TEST_F(LoraTest, NamesTheMatricesWhenATargetIsNone) {
  try {
    const Model wrong(tiny_config(), threads,
                      {.lora = {.rank = 2, .alpha = 2, .targets = {"query"}}});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.message, "lora.targets: no matrix of this model is called 'query'");
    EXPECT_THAT(error.mend, testing::HasSubstr("q_proj, k_proj"));
  }
}

}  // namespace
}  // namespace aiops::train
