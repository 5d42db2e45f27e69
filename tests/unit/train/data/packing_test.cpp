// SPDX-License-Identifier: Apache-2.0
// Documents packed into rows behave as if each were alone.
#include "base/error.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/model/family.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace aiops::train {
namespace {

// Two rows of 140 tokens that hold documents of these lengths; the last is padding.
constexpr std::int64_t kLength = 140;
constexpr std::int64_t kDocuments[] = {5, 70, 65, 134, 6};

struct Packed : TinyBatch {
  explicit Packed(std::int64_t vocab) : TinyBatch(2, kLength, vocab) {
    for (const std::int64_t document : kDocuments)
      for (std::int64_t i = 0; i < document; ++i) positions.push_back(static_cast<std::int32_t>(i));
    std::fill_n(targets.end() - kDocuments[4], kDocuments[4], -1);
  }
  Batch packed() const {
    Batch all = batch();
    all.positions = positions;
    return all;
  }
  // A document in a row of its own, made of these tokens.
  Batch alone(std::size_t first, std::int64_t count) const {
    const auto size = static_cast<std::size_t>(count);
    return {.rows = 1,
            .length = count,
            .tokens = std::span(tokens).subspan(first, size),
            .targets = std::span(targets).subspan(first, size)};
  }
  // The same batch with only one document's targets counted.
  Packed only(std::size_t first, std::int64_t count) const {
    Packed one = *this;
    for (std::size_t i = 0; i < one.targets.size(); ++i)
      if (i < first || i >= first + static_cast<std::size_t>(count)) one.targets[i] = -1;
    return one;
  }
  std::vector<std::int32_t> positions;
};

// Calls visit(first, count) for each document.
template <typename Visit>
void for_each_document(const Visit& visit) {
  std::size_t first = 0;
  for (const std::int64_t count : kDocuments) {
    visit(first, count);
    first += static_cast<std::size_t>(count);
  }
}

class Packing : public testing::TestWithParam<Family> {
 protected:
  Packing() { initialise_roughly(model, 4); }
  ThreadPool threads{2};
  Model model{tiny_config_of(GetParam()), threads};
  Packed data{37};
};

INSTANTIATE_TEST_SUITE_P(Families, Packing, testing::ValuesIn(kAllFamilies),
                         [](const auto& family) {
                           return std::string(describe(family.param).model_type);
                         });

TEST_P(Packing, NoDocumentSeesAnother) {
  for_each_document([&](std::size_t first, std::int64_t count) {
    const Packed one = data.only(first, count);
    Packed among_others = one;  // other tokens, cut into other documents
    for (std::size_t i = 0; i < one.tokens.size(); ++i)
      if (i < first || i >= first + static_cast<std::size_t>(count)) {
        among_others.tokens[i] = (one.tokens[i] + 5) % 37;
        among_others.positions[i] = 0;
      }
    EXPECT_EQ(model.loss(one.packed()), model.loss(among_others.packed())) << count;
  });
}

TEST_P(Packing, GivesEachDocumentTheLossThatItHasAlone) {
  Model rounded(tiny_config_of(GetParam()), threads, {.precision = Precision::bf16});
  initialise_roughly(rounded, 4);
  for_each_document([&](std::size_t first, std::int64_t count) {
    const Packed one = data.only(first, count);
    for (Model* each : {&model, &rounded})
      EXPECT_EQ(each->loss(one.packed()), each->loss(data.alone(first, count))) << count;
  });
}

TEST_P(Packing, GivesTheGradientsOfTheDocumentsAlone) {
  model.zero_gradients();
  double alone = 0;
  for_each_document([&](std::size_t first, std::int64_t count) {
    alone += model.forward_backward(data.alone(first, count), 0.5F);
  });
  std::vector<std::vector<float>> expected;
  for (const Parameter& p : model.parameters())
    expected.emplace_back(p.gradient.begin(), p.gradient.end());
  model.zero_gradients();
  EXPECT_NEAR(model.forward_backward(data.packed(), 0.5F), alone, 1e-6 * alone);
  for (std::size_t p = 0; p < expected.size(); ++p) {
    const auto& gradient = model.parameters()[p].gradient;
    const float most = *std::ranges::max_element(expected[p]);
    for (std::size_t i = 0; i < gradient.size(); ++i)
      ASSERT_NEAR(gradient[i], expected[p][i], 1e-5 * static_cast<double>(most))
          << model.parameters()[p].name;
  }
}

TEST_P(Packing, OfWholeRowsIsNone) {
  std::vector<std::int32_t> counting;
  for (std::int64_t i = 0; i < 2 * kLength; ++i)
    counting.push_back(static_cast<std::int32_t>(i % kLength));
  Batch batch = data.batch();
  batch.positions = counting;
  EXPECT_EQ(model.loss(batch), model.loss(data.batch()));
}

// A row may go on with a document that the row before began; its positions say where.
TEST_P(Packing, ARowMayBeginInTheMiddleOfADocument) {
  for (std::size_t i = kLength; i < data.positions.size(); ++i)
    data.positions[i] = static_cast<std::int32_t>(i - 100);
  EXPECT_NO_THROW(model.loss(data.packed()));
}

TEST_P(Packing, RefusesPositionsThatDoNotFollow) {
  for (const auto& [at, position] : {std::pair{3, 7}, {0, -1}, {0, 300}}) {
    Packed wrong = data;
    wrong.positions[static_cast<std::size_t>(at)] = position;
    EXPECT_THROW(model.loss(wrong.packed()), Error);
  }
  data.positions.pop_back();
  EXPECT_THROW(model.loss(data.packed()), Error);
}

// Running layers again for the backward pass changes no bit.
TEST_P(Packing, RecomputedLayersGiveTheSameGradients) {
  Model again(tiny_config_of(GetParam()), threads, {.recompute = Recompute::layers});
  initialise_roughly(again, 4);
  model.zero_gradients();
  again.zero_gradients();
  EXPECT_EQ(again.forward_backward(data.packed(), 0.5F),
            model.forward_backward(data.packed(), 0.5F));
  for (std::size_t p = 0; p < model.parameters().size(); ++p)
    ASSERT_TRUE(std::ranges::equal(again.parameters()[p].gradient, model.parameters()[p].gradient))
        << model.parameters()[p].name;
}

}  // namespace
}  // namespace aiops::train
