// SPDX-License-Identifier: Apache-2.0
#include "train/generation/generator.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "fixture.hpp"
#include "train/tokenizer/utf8_stream.hpp"

#include <gmock/gmock.h>

#include <set>

namespace aiops::train {
namespace {

TEST(Utf8Stream, NeverCutsACharacter) {
  const std::string text = "aé漢👩 end";
  for (std::size_t size = 1; size <= 5; ++size) {
    Utf8Stream stream;
    std::string all;
    for (std::size_t at = 0; at < text.size(); at += size) {
      const std::string part = stream.push(std::string_view(text).substr(at, size));
      EXPECT_TRUE(is_utf8(part));
      all += part;
    }
    EXPECT_EQ(all + stream.finish(), text);
  }
}

TEST(Utf8Stream, ReplacesWhatBelongsToNoCharacter) {
  Utf8Stream stream;
  EXPECT_EQ(stream.push("a\xff"), "a\uFFFD");
  EXPECT_EQ(stream.push("\xe2\x82"), "");
  EXPECT_EQ(stream.push("x"), "\uFFFD\uFFFDx");        // the two had no third
  EXPECT_EQ(stream.push("\xed\xa0"), "\uFFFD\uFFFD");  // a surrogate can never be completed
  EXPECT_EQ(stream.push("\xf0\x9f"), "");
  EXPECT_EQ(stream.finish(), "\uFFFD");
  EXPECT_EQ(stream.finish(), "");
}

class GeneratorTest : public TrainFixture {
 protected:
  void SetUp() override {
    SilentStatus status;
    const StopFlag stop;
    train(options("run", 12), threads_, status, stop);
    loaded_.emplace(load_model(
        StoredModel::open(ModelFiles::in_directory(directory_ / "run/model")), threads_));
  }
  Generation say(const GenerateOptions& options) {
    const StopFlag stop;
    heard_.clear();
    return generate(
        *loaded_, options, [&](std::string_view text) { heard_ += text; }, stop);
  }
  ThreadPool threads_{1};
  std::optional<LoadedModel> loaded_;
  std::string heard_;
};

TEST_F(GeneratorTest, SaysTheSameForASeedAndStreamsIt) {
  GenerateOptions options;
  options.prompt = "line 1";
  options.tokens = 8;
  const auto first = say(options);
  EXPECT_EQ(heard_, first.text);
  EXPECT_TRUE(is_utf8(first.text));
  EXPECT_EQ(first.tokens, 8);
  EXPECT_EQ(say(options).text, first.text);
  options.seed = 1;
  EXPECT_NE(say(options).text, first.text);
}

TEST_F(GeneratorTest, EndsWhereTheContextDoes) {
  GenerateOptions options;
  options.prompt = "line";
  options.tokens = 1000;
  options.sampling.temperature = 0;
  const auto result = say(options);
  if (std::string_view(result.ended) != "end") {
    EXPECT_STREQ(result.ended, "context");
    EXPECT_EQ(result.prompt_tokens + result.tokens, 16 + 1);  // the last is not fed back
  }
  options.prompt = std::string(500, '?');
  EXPECT_THROW(say(options), Error);
}

TEST_F(GeneratorTest, EndsBeforeAStopString) {
  GenerateOptions options;
  options.prompt = "line 1";
  options.tokens = 8;
  const auto whole = say(options);
  ASSERT_GT(whole.text.size(), 3U);
  const std::string word = whole.text.substr(whole.text.size() / 2, 2);
  options.stop = {"nowhere in it", word};
  const auto cut = say(options);
  EXPECT_STREQ(cut.ended, "stop");
  EXPECT_EQ(cut.text, whole.text.substr(0, whole.text.find(word)));
  EXPECT_EQ(heard_, cut.text);
}

TEST_F(GeneratorTest, RepeatsLessWhenThatIsPenalised) {
  GenerateOptions options;
  options.prompt = "line";
  options.tokens = 12;
  options.sampling.temperature = 0;
  const auto distinct = [&](double penalty) {
    options.repetition_penalty = penalty;
    const auto ids = loaded_->tokenizer.encode(say(options).text);
    return std::set<std::int32_t>(ids.begin(), ids.end()).size() * 100 / ids.size();
  };
  EXPECT_LT(distinct(1), distinct(1e6));
}

TEST_F(GeneratorTest, StartsADocumentFromNothing) {
  GenerateOptions options;
  options.tokens = 3;
  EXPECT_EQ(say(options).prompt_tokens, 1);
}

}  // namespace
}  // namespace aiops::train
