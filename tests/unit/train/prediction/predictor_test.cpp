// SPDX-License-Identifier: Apache-2.0
#include "train/prediction/predictor.hpp"

#include "base/error.hpp"
#include "tests/unit/train/labelled_batch.hpp"
#include "train/prediction/tally.hpp"
#include "train/ranks/crew.hpp"

#include <gmock/gmock.h>

#include <numeric>
#include <thread>

namespace aiops::train {
namespace {

class PredictorTest : public testing::Test {
 protected:
  PredictorTest()
      : loaded_{nullptr,
                Tokenizer::learn(std::vector<std::string_view>{"one two one two three"}, 262,
                                 std::vector<std::string>{"<end>"}, threads_, status_, stop_)} {
    ModelConfig config = tiny_head_config(Family::llama, HeadKind::classification, 3);
    config.vocab_size = loaded_.tokenizer.vocab_size();
    config.max_position_embeddings = 64;
    loaded_.model = std::make_unique<Model>(config, threads_);
    loaded_.model->initialise(2);
  }
  struct Said {
    std::vector<float> outputs;
    std::size_t cut = 0;
  };
  Said say(const std::vector<std::string_view>& texts, std::int64_t length = 0) {
    Said said;
    said.cut = predict(loaded_, texts, length, threads_, status_, stop_,
                       [&](std::span<const float> outputs) {
                         said.outputs.insert(said.outputs.end(), outputs.begin(), outputs.end());
                       });
    return said;
  }

  ThreadPool threads_{2};
  SilentStatus status_;
  StopFlag stop_;
  LoadedModel loaded_;
};

TEST_F(PredictorTest, SaysOfEachTextWhatItSaysOfItAlone) {
  const std::vector<std::string_view> texts{"one two three four five", "one", "six",
                                            "two two <end>"};
  const auto together = say(texts);
  ASSERT_EQ(together.outputs.size(), 12u);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    loaded_.model->reset_cache();
    std::vector<std::int32_t> tokens;
    Tokenizer::Encoder(loaded_.tokenizer, SpecialTokens::literal).encode(texts[i], tokens);
    const auto alone = loaded_.model->forward_cached(tokens);
    for (std::size_t k = 0; k < 3; ++k)
      EXPECT_NEAR(together.outputs[i * 3 + k], alone[k], 1e-5F) << texts[i];
  }
  EXPECT_EQ(together.cut, 0u);
}

// More than are read at once come in their order.
TEST_F(PredictorTest, SaysThemInTheirOrder) {
  std::vector<std::string> texts;
  for (int i = 0; i < 1100; ++i) texts.push_back(std::string(1 + i * 7 % 40, 'a'));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto all = say(views);
  ASSERT_EQ(all.outputs.size(), 3300u);
  for (const std::size_t i : {0u, 511u, 512u, 1099u}) {
    const auto alone = say({views[i]});
    for (std::size_t k = 0; k < 3; ++k)
      EXPECT_NEAR(all.outputs[3 * i + k], alone.outputs[k], 1e-5F);
  }
}

TEST_F(PredictorTest, ReadsTheBeginningOfWhatIsTooLong) {
  const std::string text(200, 'x');
  const auto whole = say({text, "one"});
  EXPECT_EQ(whole.cut, 1u);
  EXPECT_EQ(say({std::string_view(text).substr(0, 64)}).outputs,
            std::vector(whole.outputs.begin(), whole.outputs.begin() + 3));
  EXPECT_EQ(say({text, "a b c"}, 2).cut, 2u);
  EXPECT_THROW(say({"one"}, 65), Error);
}

TEST(Probabilities, SumToOne) {
  const auto shares = probabilities_of(std::vector<float>{1000, 1001, 0});
  EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-12);
  EXPECT_NEAR(shares[1] / shares[0], std::exp(1.0), 1e-9);
}

// Two ranks that take batches in turn count what one counts.
TEST(Tally, IsTheSameForAnyNumberOfRanks) {
  for (const HeadKind kind : {HeadKind::classification, HeadKind::regression}) {
    const auto config = tiny_head_config(Family::llama, kind, 9);  // more counts than one sum takes
    ThreadPool threads(1);
    Model model(config, threads);
    model.initialise(2);
    const LabelledBatch first(config), second(config, 5);
    Tally whole(config.head);
    whole.add(model, first.batch());
    whole.add(model, second.batch());
    const auto region = std::make_shared<SharedRegion>(2);
    std::vector<Tally> parts(2, Tally(config.head));
    parts[0].add(model, first.batch());
    parts[1].add(model, second.batch());
    std::vector<std::thread> ranks;
    for (int rank = 0; rank < 2; ++rank)
      ranks.emplace_back([&, rank] {
        Crew crew(region, rank);
        parts[static_cast<std::size_t>(rank)].sum_over(crew);
      });
    for (auto& rank : ranks) rank.join();
    EXPECT_EQ(parts[0].measures(), parts[1].measures());
    ASSERT_EQ(whole.measures().size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(parts[0].measures()[i].name, whole.measures()[i].name);
      EXPECT_NEAR(parts[0].measures()[i].value, whole.measures()[i].value, 1e-12);
    }
    EXPECT_NEAR(*parts[0].loss(), *whole.loss(), 1e-12);
  }
  const Tally nothing(ModelHead{HeadKind::classification, {"a", "b"}});
  EXPECT_FALSE(nothing.loss());
  EXPECT_TRUE(nothing.measures().empty());
}

}  // namespace
}  // namespace aiops::train
