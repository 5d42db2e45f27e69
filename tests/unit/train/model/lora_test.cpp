// SPDX-License-Identifier: Apache-2.0
#include "train/model/lora.hpp"

#include "base/error.hpp"
#include "tests/unit/train/tiny_model.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

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
    adapted.lora()->merge();
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
