// SPDX-License-Identifier: Apache-2.0
#include "train/gguf/tokenizer.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "fixture.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/gguf/scores.hpp"
#include "train/model/files.hpp"
#include "train/tokenizer/families.hpp"
#include "train/unicode/utf8.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <map>
#include <random>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

enum Type : std::int32_t { normal = 1, unknown = 2, control = 3, user_defined = 4, byte = 6 };

struct Token {
  std::string text;
  float score;
  std::int32_t type;
};

const std::string kMark = "\u2581";

std::string byte_token(int value) {
  return {'<', '0', 'x', "0123456789ABCDEF"[value / 16], "0123456789ABCDEF"[value % 16], '>'};
}

// As Llama 2's: three special tokens, the bytes, then `pieces`, best first.
std::vector<Token> llama2(const std::vector<std::string>& pieces) {
  std::vector<Token> tokens{{"<unk>", 0, unknown}, {"<s>", 0, control}, {"</s>", 0, control}};
  for (int value = 0; value < 256; ++value) tokens.push_back({byte_token(value), 0, byte});
  for (const std::string& piece : pieces)
    tokens.push_back({piece, 259 - static_cast<float>(tokens.size()), normal});
  return tokens;
}

// SentencePiece's rule, looking at all neighbours again before each merge.
std::vector<std::int32_t> encode_slowly(const std::vector<Token>& tokens, std::string text) {
  std::map<std::string, std::int32_t> ids;
  for (std::size_t id = 0; id < tokens.size(); ++id)
    if (tokens[id].type == normal) ids[tokens[id].text] = static_cast<std::int32_t>(id);
  std::vector<std::string> parts;
  if (!text.empty()) text = " " + text;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = unicode::code_point_at(text, at);
    parts.push_back(text[at] == ' ' ? kMark : text.substr(at, c.size));
    at += c.size;
  }
  for (;;) {
    std::size_t best = parts.size();
    float score = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const auto found = ids.find(parts[i] + parts[i + 1]);
      if (found == ids.end()) continue;
      const float its = tokens[static_cast<std::size_t>(found->second)].score;
      if (best < parts.size() && its <= score) continue;
      best = i;
      score = its;
    }
    if (best == parts.size()) break;
    parts[best] += parts[best + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
  std::vector<std::int32_t> encoded;
  for (const std::string& part : parts) {
    if (const auto found = ids.find(part); found != ids.end())
      encoded.push_back(found->second);
    else
      for (const char c : part) encoded.push_back(3 + static_cast<unsigned char>(c));
  }
  return encoded;
}

class GgufTokenizerTest : public TrainFixture {
 protected:
  // What `put` writes, read again.
  Tokenizer read(const std::function<void(GgufWriter&)>& put) {
    GgufWriter writer;
    put(writer);
    const auto path = directory_ / "v.gguf";
    writer.write(path, threads_, status_, stop_);
    auto file = ModelFiles::of_file(path).open("v.gguf");
    const pack::ByteSource source{"v.gguf", file.size, std::move(file.read_at)};
    return read_gguf_tokenizer(source, pack::read_gguf_header(source));
  }

  Tokenizer read(const std::vector<Token>& tokens, bool prefix = true) {
    return read([&](GgufWriter& writer) { put(writer, tokens, prefix); });
  }

  static void put(GgufWriter& writer, const std::vector<Token>& tokens, bool prefix = true) {
    std::vector<std::string> texts;
    std::vector<float> scores;
    std::vector<std::int32_t> types;
    for (const Token& token : tokens) {
      texts.push_back(token.text);
      scores.push_back(token.score);
      types.push_back(token.type);
    }
    writer.put_text("tokenizer.ggml.model", "llama");
    writer.put_texts("tokenizer.ggml.tokens", texts);
    writer.put_numbers("tokenizer.ggml.scores", scores);
    writer.put_integers("tokenizer.ggml.token_type", types);
    writer.put_unsigned("tokenizer.ggml.bos_token_id", 1);
    writer.put_unsigned("tokenizer.ggml.eos_token_id", 2);
    writer.put_truth("tokenizer.ggml.add_space_prefix", prefix);
  }

  template <class Put>
  std::string refusal(Put put) {
    try {
      read(put);
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ExitCode::failed);
      return error.message;
    }
    return "accepted";
  }

  // The tokenizer, written by put_tokenizer() for a model that has room for it.
  Tokenizer there_and_back(const Tokenizer& tokenizer, std::int64_t bos = 1) {
    ModelConfig config = tiny_config();
    config.vocab_size = tokenizer.vocab_size() + 2;
    config.bos_token_id = bos;
    config.eos_token_id = 2;
    return read([&](GgufWriter& writer) { put_tokenizer(writer, tokenizer, config); });
  }

  ThreadPool threads_{1};
  SilentStatus status_;
  StopFlag stop_;
};

TEST_F(GgufTokenizerTest, MergesTheHighestScoreFirst) {
  const auto tokens = llama2({"ab", "bc", kMark + "ab", kMark, "a", "b", "c"});
  const auto tokenizer = read(tokens);
  EXPECT_EQ(tokenizer.vocab_size(), 266);
  EXPECT_THAT(tokenizer.before(), ElementsAre(1));
  EXPECT_THAT(tokenizer.encode("abc"), ElementsAre(261, 265));
  EXPECT_THAT(tokenizer.encode("<s>b\u00e9"), ElementsAre(1, 262, 264, 3 + 0xC3, 3 + 0xA9));
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("ab  cba\n\u00e9\xff")), "ab  cba\n\u00e9\xff");
  EXPECT_THAT(read(tokens, false).encode("ab"), ElementsAre(259));
}

// Runs, periods and equal scores: what a list of merges cannot order, ranks can.
TEST_F(GgufTokenizerTest, AgreesWithLookingAtAllNeighboursAgain) {
  std::mt19937 draw(11);
  for (int round = 0; round < 30; ++round) {
    std::vector<Token> tokens = llama2({kMark, "a", "b"});
    std::map<std::string, bool> seen;
    for (int i = 0; i < 25; ++i) {
      std::string text;
      for (std::size_t size = 2 + draw() % 4; size > 0; --size)
        text += std::vector<std::string>{"a", "b", "a", kMark}[draw() % 4];
      if (seen[text]) continue;
      seen[text] = true;
      tokens.push_back({text, static_cast<float>(draw() % 12), normal});
    }
    const auto tokenizer = read(tokens);
    for (int i = 0; i < 60; ++i) {
      std::string text;
      for (std::size_t size = draw() % 60; size > 0; --size)
        text += std::vector<std::string>{"a", "b", "a", " ", "\u00e9"}[draw() % 5];
      ASSERT_EQ(tokenizer.encode(text), encode_slowly(tokens, text)) << text;
    }
  }
}

TEST_F(GgufTokenizerTest, LeavesControlTokensOutOfMerges) {
  auto tokens = llama2({"<s", "<", "s", ">", kMark});
  const auto tokenizer = read(tokens);
  std::vector<std::int32_t> ids;
  Tokenizer::Encoder(tokenizer, SpecialTokens::literal).encode("<s>", ids);
  EXPECT_THAT(ids, ElementsAre(263, 259, 262));
}

TEST_F(GgufTokenizerTest, ThereAndBackGivesTheSameIds) {
  const auto tokenizer = read(llama2({"ab", "bc", kMark + "ab", "abab", kMark, "a", "b", "c"}));
  const auto again = there_and_back(tokenizer);
  const std::string text = "abab cab ababab\n\u00e9 </s>ab";
  EXPECT_EQ(again.encode(text), tokenizer.encode(text));
  EXPECT_EQ(again.decode(again.encode(text)), tokenizer.decode(tokenizer.encode(text)));
  EXPECT_THAT(again.before(), ElementsAre(1));
  for (const SplitterFamily& family : splitter_families()) {
    const std::vector<std::string_view> texts{"one two one two, 1234 HTMLParser HTMLParser"};
    const auto learnt =
        Tokenizer::learn(texts, 275, std::vector<std::string>{"<unused>", "<s>", "<e>"}, threads_,
                         status_, stop_, family.splitter);
    const auto back = there_and_back(learnt);
    EXPECT_EQ(back.encode(texts[0]), learnt.encode(texts[0]));
    // The tokens' ids follow from the vocabulary, where the tokenizers package looks for them.
    const auto json = parse_json(back.to_json(), "t", {1 << 24, 64});
    EXPECT_EQ(json["model"]["vocab"]["<e>"], 2);
  }
}

TEST_F(GgufTokenizerTest, RefusesToWriteWhatGgufCannotSay) {
  const Json good = Json::parse(read(llama2({"ab", "abab", kMark, "a", "b"})).to_json());
  const auto complaint = [&](const char* pointer, const Json& value) {
    Json json = good;
    json[Json::json_pointer(pointer)] = value;
    try {
      there_and_back(Tokenizer::from_json(to_text(json), "t"));
    } catch (const Error& error) {
      EXPECT_THAT(error.mend, HasSubstr("--format hf"));
      return error.message;
    }
    return std::string("written");
  };
  EXPECT_EQ(complaint("/version", "1.0"), "written");
  // A cut of a token that is no merge; merges of one token apart from one another.
  EXPECT_THAT(complaint("/model/merges", Json::array({{"a", "b"}})), HasSubstr("no scores"));
  EXPECT_THAT(complaint("/added_tokens/1/lstrip", true), HasSubstr("'<s>' has lstrip"));
  EXPECT_THAT(complaint("/added_tokens/1/single_word", true), HasSubstr("has single_word"));
  EXPECT_THAT(complaint("/post_processor/single/0/SpecialToken/id", "</s>"),
              HasSubstr("before a text"));
  EXPECT_THAT(complaint("/decoder/decoders/3", {{"type", "Fuse"}}), HasSubstr("its decoder"));
  Json metaspace{
      {"type", "Metaspace"}, {"replacement", kMark}, {"prepend_scheme", "first"}, {"split", false}};
  Json json = good;
  json["normalizer"] = nullptr;
  json["pre_tokenizer"] = metaspace;
  EXPECT_THROW(there_and_back(Tokenizer::from_json(to_text(json), "t")), Error);
}

TEST_F(GgufTokenizerTest, KnowsWhetherWholePiecesMatter) {
  const std::vector<std::string_view> texts{"abc abc abc"};
  Json json = Json::parse(Tokenizer::learn(texts, 262, std::vector<std::string>{"<s>"}, threads_,
                                           status_, stop_, Splitter::llama3)
                              .to_json());
  json["model"]["ignore_merges"] = false;  // GGUF's llama-bpe has it; here it changes nothing
  EXPECT_EQ(there_and_back(Tokenizer::from_json(to_text(json), "t")).encode("abc").size(), 1u);
  json["model"]["vocab"]["cba"] = 262;  // no merge makes it, but a lookup finds it
  EXPECT_THROW(there_and_back(Tokenizer::from_json(to_text(json), "t")), Error);
}

TEST_F(GgufTokenizerTest, RefusesByName) {
  const auto good = llama2({"ab", "a", "b"});
  const auto with = [&](std::size_t id, Token token) {
    auto tokens = good;
    tokens[id] = std::move(token);
    return refusal([&](GgufWriter& writer) { put(writer, tokens); });
  };
  EXPECT_EQ(with(259, {"ab", 0, normal}), "accepted");
  EXPECT_THAT(with(259, {"ab", std::numeric_limits<float>::quiet_NaN(), normal}),
              HasSubstr("v.gguf: the score of token 259 is not a number"));
  EXPECT_THAT(with(259, {std::string(2000, 'a'), 0, normal}), HasSubstr("more than 1 KiB"));
  EXPECT_THAT(with(259, {"ab", 0, 7}), HasSubstr("token 259 is of no known type"));
  EXPECT_THAT(with(259, {"a", 0, normal}), Not(HasSubstr("accepted")));  // twice
  EXPECT_THAT(refusal([&](GgufWriter& writer) {
                put(writer, good);
                writer.put_truth("tokenizer.ggml.remove_extra_whitespaces", true);
              }),
              HasSubstr("removes white space"));
  EXPECT_THAT(refusal([](GgufWriter& writer) { writer.put_text("tokenizer.ggml.model", "bert"); }),
              HasSubstr("its tokenizer is 'bert'"));
  EXPECT_THAT(refusal([](GgufWriter& writer) {
                writer.put_text("tokenizer.ggml.model", "llama");
                writer.put_texts("tokenizer.ggml.tokens", std::vector<std::string>{"a"});
              }),
              HasSubstr("no list 'tokenizer.ggml.scores'"));
  EXPECT_THAT(refusal([](GgufWriter& writer) {
                writer.put_text("tokenizer.ggml.model", "gpt2");
                writer.put_text("tokenizer.ggml.pre", "gemma4");
                writer.put_texts("tokenizer.ggml.tokens", std::vector<std::string>{"a"});
              }),
              HasSubstr("its splitter 'gemma4' is not known"));
}

TEST(Scores, OrderMergesAndComeBackFromThem) {
  const std::vector<ScoredToken> tokens{{"a", -9}, {"b", -9}, {"aab", -2}, {"ab", -1}, {"aa", -2}};
  const auto [merges, ranks] = merges_of_scores(tokens);
  using Pair = std::pair<std::string, std::string>;
  EXPECT_THAT(merges,
              ElementsAre(Pair("a", "b"), Pair("a", "ab"), Pair("aa", "b"), Pair("a", "a")));
  EXPECT_THAT(ranks, ElementsAre(0, 1, 1, 1));
  const std::vector<std::string> texts{"a", "b", "aab", "ab", "aa"};
  const auto scores = scores_of_merges(texts, merges);
  ASSERT_TRUE(scores);
  EXPECT_THAT(*scores, ElementsAre(-3, -4, -1, 0, -2));
  EXPECT_FALSE(
      scores_of_merges(texts, std::vector<Pair>{{"a", "ab"}, {"a", "b"}, {"aa", "b"}, {"a", "a"}}));
  EXPECT_FALSE(scores_of_merges(texts, std::vector<Pair>{{"a", "b"}}));
  EXPECT_FALSE(scores_of_merges(texts, std::vector<Pair>{{"a", "x"}}));
}

}  // namespace
}  // namespace aiops::train
