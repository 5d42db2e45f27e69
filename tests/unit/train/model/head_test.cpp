// SPDX-License-Identifier: Apache-2.0
// Models whose head makes labels or numbers.
#include "base/error.hpp"
#include "tests/unit/train/gradient_check.hpp"
#include "tests/unit/train/labelled_batch.hpp"
#include "train/model/family.hpp"
#include "train/model/lora.hpp"
#include "train/optimiser/adamw.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace aiops::train {
namespace {

// A few targets make a loss that bends sooner than that of a text.
constexpr double kReach = 0.01;

std::vector<float> outputs_of(Model& model, const Batch& batch) {
  std::vector<float> outputs;
  model.predict(batch, outputs);
  return outputs;
}

class EveryHead : public testing::TestWithParam<Family> {};

TEST_P(EveryHead, HasTheGradientOfFiniteDifferencesWithLabels) {
  ThreadPool threads(2);
  const auto config = tiny_head_config(GetParam(), HeadKind::classification, 3);
  Model model(config, threads);
  initialise_roughly(model, 3);
  expect_gradient_along_directions(model, LabelledBatch(config).batch(), threads, kReach);
}

TEST_P(EveryHead, HasTheGradientOfFiniteDifferencesWithNumbers) {
  ThreadPool threads(2);
  const auto config = tiny_head_config(GetParam(), HeadKind::regression, 2);
  Model model(config, threads);
  initialise_roughly(model, 3);
  expect_gradient_along_directions(model, LabelledBatch(config).batch(), threads, kReach);
}

// The last tensor is score, one row a label, whether or not the family ties its language head.
TEST_P(EveryHead, EndsInScore) {
  ThreadPool threads(1);
  const auto config = tiny_head_config(GetParam(), HeadKind::classification, 3);
  Model model(config, threads);
  std::uint64_t counted = 0;
  for (const Parameter& p : model.parameters()) {
    EXPECT_NE(p.name, "lm_head.weight");
    counted += p.value.size();
  }
  EXPECT_EQ(counted, config.parameter_count());
  const Parameter& score = model.parameters().back();
  EXPECT_EQ(score.name, "score.weight");
  EXPECT_EQ(score.shape, (std::vector<std::uint64_t>{3, 24}));
  EXPECT_EQ(score.role, Parameter::Role::head);
}

// The same body under a head whose rows are some of the language model's gives those logits.
TEST_P(EveryHead, JudgesATextAtItsLastToken) {
  ThreadPool threads(2);
  Model language(tiny_config_of(GetParam(), false), threads);
  initialise_roughly(language, 5);
  const auto config = tiny_head_config(GetParam(), HeadKind::classification, 4);
  Model model(config, threads);
  for (std::size_t i = 0; i + 1 < model.parameters().size(); ++i)
    std::ranges::copy(language.parameters()[i].value, model.parameters()[i].value.begin());
  std::ranges::copy(language.parameters().back().value.first(4 * 24),
                    model.parameters().back().value.begin());
  const LabelledBatch data(config);
  const auto outputs = outputs_of(model, data.batch());
  ASSERT_EQ(outputs.size(), 6u * 4);
  for (std::size_t document = 0; document < 6; ++document) {
    language.reset_cache();
    const auto logits = language.forward_cached(data.document(document));
    for (std::size_t label = 0; label < 4; ++label)
      EXPECT_NEAR(outputs[document * 4 + label], logits[label], 1e-5F);
  }
}

INSTANTIATE_TEST_SUITE_P(Families, EveryHead, testing::ValuesIn(kAllFamilies),
                         [](const auto& family) {
                           return std::string(describe(family.param).model_type);
                         });

// Not a bit of what is said of a document depends on what it is packed with.
TEST(Head, SeesNothingButItsDocument) {
  ThreadPool threads(2);
  const auto config = tiny_head_config(Family::llama, HeadKind::regression, 2);
  Model model(config, threads);
  model.initialise(2);
  LabelledBatch data(config);
  const auto before = outputs_of(model, data.batch());
  for (std::size_t i = 0; i < data.tokens.size(); ++i)  // all but the second documents
    if (i % 9 < 4 || i % 9 > 6) data.tokens[i] = (data.tokens[i] + 1) % 37;
  const auto after = outputs_of(model, data.batch());
  for (std::size_t document = 0; document < 6; ++document)
    for (std::size_t i = 2 * document; i < 2 * document + 2; ++i)
      EXPECT_EQ(before[i] == after[i], document % 2 == 1) << i;
}

TEST(Head, TellsTheSameLossWithAndWithoutGradientsAndOutputs) {
  ThreadPool threads(2);
  for (const HeadKind kind : {HeadKind::classification, HeadKind::regression}) {
    const auto config = tiny_head_config(Family::llama, kind, 3);
    Model model(config, threads);
    model.initialise(2);
    const LabelledBatch data(config);
    std::vector<float> outputs;
    const double loss = model.loss(data.batch());
    EXPECT_EQ(model.predict(data.batch(), outputs), loss);
    EXPECT_EQ(model.forward_backward(data.batch(), 0.5F), loss);
    Model again(config, threads, {.recompute = Recompute::layers});
    again.initialise(2);
    again.forward_backward(data.batch(), 0.5F);
    EXPECT_TRUE(std::ranges::equal(again.parameters()[1].gradient, model.parameters()[1].gradient));
  }
}

// The mean of the squares, written out.
TEST(Head, MeasuresNumbersByTheirSquares) {
  ThreadPool threads(1);
  const auto config = tiny_head_config(Family::gpt2, HeadKind::regression, 2);
  Model model(config, threads);
  model.initialise(2);
  const LabelledBatch data(config);
  std::vector<float> outputs;
  const double loss = model.predict(data.batch(), outputs);
  double expected = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const double apart = static_cast<double>(outputs[i]) - static_cast<double>(data.values[i]);
    expected += apart * apart / 2;
  }
  EXPECT_NEAR(loss, expected, 1e-6 * expected);
}

// A few labels are computed in fp32 whatever the precision of the layers is.
TEST(Head, IsNotRoundedWithTheLayers) {
  ThreadPool threads(1);
  auto config = tiny_head_config(Family::llama, HeadKind::regression, 1);
  Model exact(config, threads), rounded(config, threads, {.precision = Precision::bf16});
  for (Model* model : {&exact, &rounded}) {
    model->initialise(2);
    for (const Parameter& p : model->parameters())  // no layer adds anything
      if (p.role == Parameter::Role::matrix) std::ranges::fill(p.value, 0.0F);
  }
  const LabelledBatch data(config);
  EXPECT_EQ(outputs_of(exact, data.batch()), outputs_of(rounded, data.batch()));
}

std::vector<std::vector<float>> trained(HeadKind kind, std::size_t thread_count) {
  ThreadPool threads(thread_count);
  auto config = tiny_head_config(Family::qwen2, kind, 5);
  config.hidden_size = 72;
  config.head_dim = 18;
  Model model(config, threads);
  model.initialise(7);
  AdamW optimiser(model.parameters(), {}, model.backend());
  const LabelledBatch data(config, 40);
  for (std::int64_t step = 1; step <= 4; ++step) {
    model.zero_gradients();
    model.forward_backward(data.batch(), 0.01F);
    optimiser.step(1e-2, step);
  }
  std::vector<std::vector<float>> values;
  for (const Parameter& p : model.parameters()) values.emplace_back(p.value.begin(), p.value.end());
  return values;
}

TEST(Head, TrainsToTheSameBitsForAnyNumberOfThreads) {
  for (const HeadKind kind : {HeadKind::classification, HeadKind::regression}) {
    const auto one = trained(kind, 1);
    EXPECT_EQ(one, trained(kind, 2));
    EXPECT_EQ(one, trained(kind, 3));
  }
}

// With adapters the head is trained in full, by PEFT's name for it.
TEST(Head, IsTrainedBesideAdapters) {
  ThreadPool threads(2);
  const auto config = tiny_head_config(Family::llama, HeadKind::classification, 3);
  Model whole(config, threads);
  Model adapted(config, threads, {.lora = {.rank = 2, .alpha = 4, .targets = {"q_proj"}}});
  const LabelledBatch data(config);
  for (Model* model : {&whole, &adapted}) model->initialise(3);
  adapted.lora()->initialise(3);
  for (Model* model : {&whole, &adapted}) {
    model->zero_gradients();
    model->forward_backward(data.batch(), 1.0F);
  }
  ASSERT_EQ(adapted.trainable().size(), 2u * 2 + 1);
  const Parameter& score = adapted.trainable().back();
  EXPECT_EQ(score.name, "base_model.model.score.weight");
  EXPECT_EQ(score.value.data(), adapted.parameters().back().value.data());
  EXPECT_TRUE(std::ranges::equal(score.gradient, whole.parameters().back().gradient));
  const std::vector<float> once(score.gradient.begin(), score.gradient.end());
  adapted.zero_gradients();  // nothing of it is added to
  adapted.forward_backward(data.batch(), 1.0F);
  EXPECT_TRUE(std::ranges::equal(score.gradient, once));
  expect_gradient_along_directions(adapted, data.batch(), threads);
}

TEST(Head, RefusesTargetsThatAreNone) {
  ThreadPool threads(1);
  for (const HeadKind kind : {HeadKind::classification, HeadKind::regression}) {
    const auto config = tiny_head_config(Family::llama, kind, 3);
    Model model(config, threads);
    model.initialise(1);
    LabelledBatch data(config);
    EXPECT_NO_THROW(model.loss(data.batch()));
    data.targets[3] = kind == HeadKind::classification ? 3 : 6;
    EXPECT_THROW(model.loss(data.batch()), Error);
  }
}

}  // namespace
}  // namespace aiops::train
