// SPDX-License-Identifier: Apache-2.0
#include "train/chat/tokens.hpp"

#include "base/error.hpp"
#include "fixture.hpp"
#include "train/data/token_cache.hpp"

#include <gmock/gmock.h>

namespace aiops::train {
namespace {

using testing::HasSubstr;

class ChatTokensTest : public TrainFixture {
 protected:
  // The texts of the tokens that are to be learnt, and of all.
  struct Encoded {
    std::string learnt, all;
    std::vector<std::int32_t> tokens;
  };
  Encoded encode(const std::vector<ChatMessage>& messages, Learn learn = Learn::assistant,
                 const ChatFormat& format = chatml()) const {
    Tokenizer::Encoder encoder(tokenizer);
    Encoded encoded;
    encode_chat(messages, format, learn, encoder, encoded.tokens);
    std::vector<std::int32_t> learnt, all;
    for (const std::int32_t token : encoded.tokens) {
      if (token >= 0) learnt.push_back(token);
      all.push_back(token < 0 ? ~token : token);
    }
    encoded.learnt = tokenizer.decode(learnt);
    encoded.all = tokenizer.decode(all);
    return encoded;
  }
  static ChatFormat chatml() { return {ChatTemplate::chatml(), {}, -1}; }
  static Tokenizer learn_tokenizer() {
    ThreadPool pool(1);
    SilentStatus status;
    const std::vector<std::string_view> texts{"some words to learn tokens from, some more words"};
    const std::vector<std::string> special{"<s>", "<|im_start|>", "<|im_end|>"};
    return Tokenizer::learn(texts, 270, special, pool, status, StopFlag());
  }
  std::vector<std::int32_t> cached(const std::filesystem::path& data, std::size_t threads) const {
    ThreadPool pool(threads);
    SilentStatus status;
    const StopFlag stop;
    const auto files = find_data({.paths = {data}}, stop);
    const auto path = directory_ / ("cache" + std::to_string(threads) + ".tokens");
    write_chat_cache(path, Conversations(files, status, stop), chatml(), Learn::assistant,
                     tokenizer, pool, status, stop);
    const TokenCache cache(path);
    return {cache.tokens().begin(), cache.tokens().end()};
  }
  std::string refusal(const std::string& lines) const {
    try {
      cached(write("bad.jsonl", lines), 2);
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ExitCode::failed);
      return error.message;
    }
    return "read";
  }
  Tokenizer tokenizer = learn_tokenizer();
};

TEST_F(ChatTokensTest, LearnWhatTheAssistantSaysAndItsEndOfTurn) {
  const auto chat = encode({{"system", "be brief", {}},
                            {"user", "one?", {}},
                            {"assistant", "two", {}},
                            {"user", "and?", {}},
                            {"assistant", "three", {}}});
  EXPECT_EQ(chat.learnt, "two<|im_end|>three<|im_end|>");
  EXPECT_EQ(std::ranges::count(chat.tokens, tokenizer.id_of("<|im_end|>")), 2);
  EXPECT_EQ(std::ranges::count(chat.tokens, ~tokenizer.id_of("<|im_end|>")), 3);  // by place
  EXPECT_THAT(chat.all, HasSubstr("<|im_start|>user\none?<|im_end|>"));
}

TEST_F(ChatTokensTest, LearnAllButTheFirstTokenWhenAsked) {
  const auto chat = encode({{"user", "one?", {}}, {"assistant", "two", {}}}, Learn::all);
  EXPECT_EQ("<|im_start|>" + chat.learnt, chat.all);
}

TEST_F(ChatTokensTest, WriteTheFirstTokenOnce) {
  ChatFormat twice{ChatTemplate::parse("{{ bos_token }}{{ bos_token }}{% for m in messages %}"
                                       "{{ m.role }}: {{ m.content }}<|im_end|>{% endfor %}",
                                       "t"),
                   {.bos = "<s>", .eos = "<|im_end|>"},
                   tokenizer.id_of("<s>")};
  const std::vector<ChatMessage> messages{{"user", "a", {}}, {"assistant", "b", {}}};
  EXPECT_THAT(encode(messages, Learn::assistant, twice).all, testing::StartsWith("<s>user: a"));
}

TEST_F(ChatTokensTest, KnowTheTokenThatEndsATurn) {
  EXPECT_EQ(end_of_turn(chatml(), tokenizer), tokenizer.id_of("<|im_end|>"));
  const ChatFormat plain{
      ChatTemplate::parse("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}",
                          "t"),
      {},
      -1};
  EXPECT_EQ(end_of_turn(plain, tokenizer), -1);
}

TEST_F(ChatTokensTest, AreTheSameForAnyNumberOfThreads) {
  std::string lines;
  for (int i = 0; i < 600; ++i)
    lines += "{\"prompt\":\"" + std::to_string(i) + "?\",\"completion\":\"" + std::to_string(i) +
             " words\"}\n";
  const auto data = write("chat.jsonl", lines);
  EXPECT_EQ(cached(data, 1), cached(data, 3));
  EXPECT_EQ(cached(data, 1).back(), ~0);
}

TEST_F(ChatTokensTest, RefuseWhatIsNoConversationWithFileAndLine) {
  const std::string good = R"({"messages":[{"role":"user","content":"a"},{"role":"assistant",)"
                           R"("content":"b"}]})"
                           "\n\n";
  EXPECT_THAT(refusal(good + "{\"text\":\"a\"}"), HasSubstr("bad.jsonl:3: has no list 'messages'"));
  EXPECT_THAT(refusal("{\"messages\":[{\"content\":\"a\"}]}"),
              HasSubstr("bad.jsonl:1: a message has no 'role'"));
  EXPECT_THAT(refusal("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}"),
              HasSubstr("no message of the role 'assistant'"));
  EXPECT_THAT(refusal(good + "{\"messages\":"), HasSubstr("bad.jsonl:3"));
  EXPECT_THAT(refusal("{\"prompt\":\"\xff\",\"completion\":\"b\"}"), HasSubstr("bad.jsonl:1"));
  EXPECT_THAT(refusal("\n\n"), HasSubstr("holds no conversation"));
  EXPECT_THAT(refusal(good), testing::Eq("read"));
}

}  // namespace
}  // namespace aiops::train
