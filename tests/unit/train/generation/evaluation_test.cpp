// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "fixture.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/generation/choices.hpp"
#include "train/generation/perplexity.hpp"
#include "train/generation/scorer.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace aiops::train {
namespace {

TEST(Scorer, GivesEachRowTheLossItHasAlone) {
  ThreadPool threads(1);
  Model model(tiny_config(), threads);
  model.initialise(4);
  const TinyBatch data(1, 40, 37);
  const std::span<const std::int32_t> tokens = data.tokens;
  std::vector<double> alone, together;
  const auto score = [&](std::vector<double>& into, bool wait) {
    Scorer scorer(model, [&](double loss) { into.push_back(loss); });
    for (const std::size_t length : {2U, 40U, 7U, 23U}) {
      scorer.add(tokens.first(length), length / 2);
      if (!wait) scorer.finish();
    }
    scorer.finish();
  };
  score(alone, false);
  score(together, true);
  ASSERT_EQ(together.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(together[i], alone[i], 1e-5 * alone[i]);
}

TEST(Scorer, CountsFromTheTokenItIsTold) {
  ThreadPool threads(1);
  Model model(tiny_config(), threads);
  model.initialise(4);
  const TinyBatch data(1, 12, 37);
  std::vector<std::int32_t> targets(11, -1);
  std::copy(data.tokens.begin() + 5, data.tokens.end(), targets.begin() + 4);
  const double expected = model.loss(
      {.rows = 1, .length = 11, .tokens = std::span(data.tokens).first(11), .targets = targets});
  double heard = 0;
  Scorer scorer(model, [&](double loss) { heard = loss; });
  scorer.add(data.tokens, 5);
  scorer.finish();
  EXPECT_NEAR(heard, expected, 1e-6 * expected);
}

class EvaluationTest : public TrainFixture {
 protected:
  EvaluationTest()
      : loaded_{nullptr,
                Tokenizer::learn(std::vector<std::string_view>{"one two one two three"}, 262,
                                 std::vector<std::string>{"<end>"}, threads_, status_, stop_)} {
    ModelConfig config = tiny_config();
    config.vocab_size = loaded_.tokenizer.vocab_size();
    config.max_position_embeddings = 16;
    config.bos_token_id = config.eos_token_id = 0;
    loaded_.model = std::make_unique<Model>(config, threads_);
    loaded_.model->initialise(2);
  }

  Perplexity measure(std::vector<std::string_view> documents, PerplexityOptions options) {
    return measure_perplexity(loaded_, documents, options, status_, stop_);
  }
  ChoiceResult ask(const std::string& lines) {
    return measure_choices(loaded_, parse_questions(lines, "q.jsonl"), status_, stop_);
  }

  ThreadPool threads_{1};
  SilentStatus status_;
  StopFlag stop_;
  LoadedModel loaded_;
};

TEST_F(EvaluationTest, CountsEveryTokenOnce) {
  const std::string text = "one two three four five six seven eight nine ten";
  const auto tokens = loaded_.tokenizer.encode(text).size();
  ASSERT_GT(tokens, 20U);
  for (const std::int64_t stride : {1, 3, 8}) {
    const auto result = measure({text, "", "<end>"}, {.length = 8, .stride = stride});
    EXPECT_EQ(result.tokens, tokens + 5);  // a special token in a text is text
    EXPECT_EQ(result.bytes, text.size() + 5);
    EXPECT_EQ(result.documents, 2U);
  }
}

TEST_F(EvaluationTest, IsTheLossOfTheDocumentWhenItFitsOneWindow) {
  auto tokens = loaded_.tokenizer.encode("two one");
  tokens.insert(tokens.begin(), 0);
  const auto count = static_cast<std::int64_t>(tokens.size()) - 1;
  const double loss =
      loaded_.model->loss({.rows = 1,
                           .length = count,
                           .tokens = std::span(tokens).first(static_cast<std::size_t>(count)),
                           .targets = std::span(tokens).subspan(1)});
  const auto result = measure({"two one"}, {});
  EXPECT_NEAR(result.loss, loss, 1e-6 * loss);
  EXPECT_NEAR(result.perplexity(), std::exp(loss / static_cast<double>(count)), 1e-3);
  EXPECT_NEAR(result.bits_per_byte(), loss / std::log(2.0) / 7, 1e-5);
}

TEST_F(EvaluationTest, RefusesWindowsThatTheModelCannotSee) {
  EXPECT_THROW(measure({"one"}, {.length = 17}), Error);
  EXPECT_THROW(measure({"one"}, {.length = 8, .stride = 9}), Error);
  EXPECT_THROW(measure({"", ""}, {}), Error);
}

TEST_F(EvaluationTest, PrefersTheLikelierChoice) {
  const auto loss = [&](const std::string& text) { return measure({text}, {}).loss; };
  const std::string likely =
      loss("one two") - loss("one") < loss("one six") - loss("one") ? "two" : "six";
  const std::string other = likely == "two" ? "six" : "two";
  const std::string question = R"({"question": "one", "choices": ["two", "six"], "answer": ")";
  EXPECT_EQ(ask(question + likely + "\"}").right, 1U);
  EXPECT_EQ(ask(question + other + "\"}").right, 0U);
  EXPECT_EQ(ask(question + likely + "\"}\n\n" + question + other + "\"}\n").accuracy(), 0.5);
}

TEST_F(EvaluationTest, CutsTheBeginningOfALongQuestion) {
  const std::string lead(100, 'x');
  EXPECT_EQ(
      ask(R"({"context": ")" + lead + R"(", "choices": ["a", "b"], "answer": "B"})").questions, 1U);
  EXPECT_THROW(ask(R"({"context": "", "choices": [")" + lead + R"(", "b"], "answer": 0})"), Error);
}

std::string complaint(const std::string& lines) {
  try {
    parse_questions(lines, "q.jsonl");
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    return error.message;
  }
  return "accepted";
}

TEST(Questions, TakeAnAnswerAsIndexLetterOrText) {
  const std::string start = R"({"question": "q", "choices": ["x", "A", "y"], "answer": )";
  EXPECT_EQ(parse_questions(start + "2}", "f")[0].answer, 2U);
  EXPECT_EQ(parse_questions(start + "\"C\"}", "f")[0].answer, 2U);
  EXPECT_EQ(parse_questions(start + "\"A\"}", "f")[0].answer, 1U);  // its text comes first
  EXPECT_TRUE(holds_questions("\n" + start + "2}\n"));
  EXPECT_FALSE(holds_questions("{\"text\": \"a\"}"));
  EXPECT_FALSE(holds_questions("no JSON"));
}

TEST(Questions, NameFileAndLineOfWhatIsWrong) {
  const std::string good = R"({"question": "q", "choices": ["x", "y"], "answer": 0})";
  const auto bad = [&](const std::string& line) { return complaint(good + "\n\n" + line); };
  EXPECT_THAT(bad("{"), testing::HasSubstr("q.jsonl:3"));
  EXPECT_EQ(bad("[]"), "q.jsonl:3: is not a JSON object");
  EXPECT_THAT(bad(R"({"choices": ["x", "y"], "answer": 0})"), testing::HasSubstr("'question'"));
  EXPECT_THAT(bad(R"({"question": "q", "choices": ["x"], "answer": 0})"),
              testing::HasSubstr("1 choices"));
  EXPECT_THAT(bad(R"({"question": "q", "choices": ["x", ""], "answer": 0})"),
              testing::HasSubstr("empty"));
  EXPECT_THAT(bad(R"({"question": "q", "choices": ["x", "y"], "answer": 2})"),
              testing::HasSubstr("'answer' is 2"));
  EXPECT_THAT(bad(R"({"question": "q", "choices": ["x", "y"], "answer": "z"})"),
              testing::HasSubstr("none of the choices"));
  EXPECT_THAT(bad(R"({"question": "q", "choices": ["x", "y"]})"),
              testing::HasSubstr("no 'answer'"));
  EXPECT_EQ(complaint("\n"), "q.jsonl: holds no question");
}

}  // namespace
}  // namespace aiops::train
