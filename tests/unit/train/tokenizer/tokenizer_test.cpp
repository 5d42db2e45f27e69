// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/tokenizer.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "train/tokenizer/bpe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> kSpecial{"<|endoftext|>"};
const std::string kText =
    "In the beginning God created the heaven and the earth. And the earth was without form, and "
    "void; and darkness was upon the face of the deep.\n";

Tokenizer learn(const std::string& text, std::int64_t size, std::size_t threads = 1) {
  ThreadPool pool(threads);
  SilentStatus status;
  const StopFlag stop;
  const std::vector<std::string_view> texts{text};
  return Tokenizer::learn(texts, size, kSpecial, pool, status, stop);
}

std::string refusal(const Json& json) {
  try {
    Tokenizer::from_json(to_text(json), "t.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    return error.message;
  }
  return "accepted";
}

TEST(MergeTable, TakesTheEarliestMergeAndTheLeftmostOnTies) {
  MergeTable table;
  table.add({1, 2}, 10, 0);
  table.add({2, 3}, 11, 1);
  table.add({1, 1}, 12, 2);
  std::vector<TokenId> tokens{1, 2, 3};
  table.apply(tokens);
  EXPECT_THAT(tokens, ElementsAre(10, 3));
  tokens = {1, 1, 1, 1, 1};
  table.apply(tokens);
  EXPECT_THAT(tokens, ElementsAre(12, 12, 1));
}

TEST(Tokenizer, GivesSpecialTokensTheFirstIds) {
  const auto tokenizer = learn(kText, 300);
  EXPECT_EQ(tokenizer.id_of("<|endoftext|>"), 0);
  EXPECT_EQ(tokenizer.id_of("<|other|>"), -1);
  EXPECT_THAT(tokenizer.encode("!<|endoftext|>!"), ElementsAre(1, 0, 1));
}

TEST(Tokenizer, ReadsSpecialTokensLiterallyWhenAsked) {
  const auto tokenizer = learn(kText, 300);
  std::vector<std::int32_t> ids;
  Tokenizer::Encoder(tokenizer, SpecialTokens::literal).encode("<|endoftext|>", ids);
  EXPECT_THAT(ids, testing::Not(testing::Contains(0)));
  EXPECT_EQ(tokenizer.decode(ids), "<|endoftext|>");
}

TEST(Tokenizer, GivesEveryByteBack) {
  const auto tokenizer = learn(kText, 320);
  std::string all(256, '\0');
  std::iota(all.begin(), all.end(), '\0');
  for (const std::string& text :
       {all, kText, std::string("日本語 café 👩‍👩‍👧 \xff\xfe\xe2\x82 end"),
        std::string()})
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
}

TEST(TokenizerJson, ReadsWhatItWrote) {
  const auto tokenizer = learn(kText, 320);
  const auto again = Tokenizer::from_json(tokenizer.to_json(), "t.json");
  EXPECT_EQ(again.encode(kText), tokenizer.encode(kText));
  EXPECT_EQ(again.to_json(), tokenizer.to_json());
}

TEST(TokenizerJson, ReadsMergesAsPairsToo) {
  const auto tokenizer = learn(kText, 320);
  Json json = Json::parse(tokenizer.to_json());
  for (Json& merge : json["model"]["merges"]) {
    const auto text = merge.get<std::string>();
    const auto space = text.find(' ');
    merge = Json::array({text.substr(0, space), text.substr(space + 1)});
  }
  EXPECT_EQ(Tokenizer::from_json(to_text(json), "t").encode(kText), tokenizer.encode(kText));
}

TEST(TokenizerJson, IsolatesDigitsWhereToldTo) {
  Json json = Json::parse(learn("12 12 12 12", 260).to_json());
  const auto together = Tokenizer::from_json(to_text(json), "t").encode("12");
  EXPECT_EQ(together.size(), 1u);
  const Json digits{{"type", "Digits"}, {"individual_digits", true}};
  json["pre_tokenizer"] =
      Json{{"type", "Sequence"}, {"pretokenizers", {digits, json["pre_tokenizer"]}}};
  EXPECT_EQ(Tokenizer::from_json(to_text(json), "t").encode("12").size(), 2u);
}

Json split_by(std::string_view expression) {
  const Json split{{"type", "Split"},
                   {"pattern", {{"Regex", expression}}},
                   {"behavior", "Isolated"},
                   {"invert", false}};
  const Json byte_level{{"type", "ByteLevel"}, {"use_regex", false}, {"add_prefix_space", false}};
  return {{"type", "Sequence"}, {"pretokenizers", {split, byte_level}}};
}

TEST(TokenizerJson, KnowsExpressionsByTheirText) {
  Json json = Json::parse(learn("12 12 12 12\n\n1212", 262).to_json());
  json["pre_tokenizer"] = split_by(kLlama3Expression);
  EXPECT_EQ(Tokenizer::from_json(to_text(json), "t").encode("12").size(), 1u);
  json["pre_tokenizer"] = split_by(kQwen2Expression);
  EXPECT_EQ(Tokenizer::from_json(to_text(json), "t").encode("12").size(), 2u);
  json["pre_tokenizer"] = split_by("\\w+");
  EXPECT_THAT(refusal(json), HasSubstr("expression that is not known: \\w+"));
  json["pre_tokenizer"] = split_by("a\nb");
  EXPECT_THAT(refusal(json), HasSubstr("expression that is not known: a\\x0ab"));
}

TEST(TokenizerJson, TakesWholePiecesFirstWhereToldTo) {
  Json json = Json::parse(learn("abc abc abc", 261).to_json());
  json["model"]["merges"].clear();
  EXPECT_EQ(Tokenizer::from_json(to_text(json), "t").encode("abc").size(), 3u);
  json["model"]["ignore_merges"] = true;
  EXPECT_EQ(Tokenizer::from_json(to_text(json), "t").encode("abc").size(), 1u);
}

TEST(TokenizerJson, NormalisesToNfcWhereToldTo) {
  Json json = Json::parse(learn(kText, 300).to_json());
  const std::string apart = "e\u0301 \xff \u1112\u1161\u11ab a\u0323\u0306";
  EXPECT_EQ(Tokenizer::from_json(to_text(json), "t")
                .decode(Tokenizer::from_json(to_text(json), "t").encode(apart)),
            apart);
  json["normalizer"] = {{"type", "NFC"}};
  const auto tokenizer = Tokenizer::from_json(to_text(json), "t");
  EXPECT_EQ(tokenizer.decode(tokenizer.encode(apart)), "\u00e9 \xff \ud55c \u1eb7");
  // The tokenizers package orders marks of Unicode 9.0, not those that came with 11.0.
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("x\u0301\u0e4a")), "x\u0e4a\u0301");
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("x\U00010d27\u0e4a")), "x\U00010d27\u0e4a");
}

TEST(TokenizerJson, GivesAddedTokensTheWhiteSpaceTheyTake) {
  Json json = Json::parse(learn(kText, 300).to_json());
  json["added_tokens"].push_back({{"id", 300}, {"content", "<l>"}, {"lstrip", true}});
  json["added_tokens"].push_back({{"id", 301}, {"content", "<r>"}, {"rstrip", true}});
  json["added_tokens"].push_back({{"id", 302}, {"content", "<l>!"}});
  const auto tokenizer = Tokenizer::from_json(to_text(json), "t");
  EXPECT_THAT(tokenizer.encode("! \t<l><r> \n!<l>!"), ElementsAre(1, 300, 301, 1, 302));
}

TEST(TokenizerJson, KnowsWordsWhenATokenIsOne) {
  Json json = Json::parse(learn(kText, 300).to_json());
  json["added_tokens"].push_back({{"id", 300}, {"content", "<w>"}, {"single_word", true}});
  json["added_tokens"].push_back({{"id", 301}, {"content", "w>"}});
  const auto tokenizer = Tokenizer::from_json(to_text(json), "t");
  const auto has = [&](const std::string& text, std::int32_t id) {
    const auto ids = tokenizer.encode(text);
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  for (const char* alone : {"<w>", "!<w>-", " <w> ", "\xff<w>\xff", "\u200b<w>"})
    EXPECT_TRUE(has(alone, 300)) << alone;
  // Beside a letter, a digit, a connector, a mark, a joiner; passed over whole.
  for (const char* beside : {"a<w>", "<w>1", "_<w>", "<w>\u0301", "\u200d<w>", "<w>\U0001D7D8"}) {
    EXPECT_FALSE(has(beside, 300)) << beside;
    EXPECT_FALSE(has(beside, 301)) << beside;
  }
  EXPECT_TRUE(has("aw>", 301));
}

TEST(TokenizerJson, KnowsWhatStandsAroundAText) {
  Json json = Json::parse(learn(kText, 300).to_json());
  const Json special{{"SpecialToken", {{"id", "<|endoftext|>"}, {"type_id", 0}}}};
  const Json text{{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  json["post_processor"] = {{"type", "TemplateProcessing"}, {"single", {special, text}}};
  const auto tokenizer = Tokenizer::from_json(to_text(json), "t");
  EXPECT_THAT(tokenizer.before(), ElementsAre(0));
  EXPECT_THAT(tokenizer.after(), testing::IsEmpty());
}

TEST(TokenizerJson, RefusesByName) {
  const Json good = Json::parse(learn(kText, 300).to_json());
  const auto with = [&](const char* pointer, const Json& value) {
    Json json = good;
    json[Json::json_pointer(pointer)] = value;
    return refusal(json);
  };
  EXPECT_THAT(with("/normalizer", {{"type", "NFKC"}}), HasSubstr("normalizer is 'NFKC'"));
  EXPECT_THAT(with("/pre_tokenizer/type", "Whitespace"), HasSubstr("'Whitespace'"));
  EXPECT_THAT(with("/pre_tokenizer/type", "Metaspace"), HasSubstr("Metaspace replacement"));
  EXPECT_THAT(with("/post_processor", {{"type", "BertProcessing"}}), HasSubstr("'BertProcessing'"));
  EXPECT_THAT(with("/pre_tokenizer/add_prefix_space", true), HasSubstr("add_prefix_space"));
  EXPECT_THAT(with("/pre_tokenizer/use_regex", false), HasSubstr("use_regex"));
  EXPECT_THAT(with("/model/type", "Unigram"), HasSubstr("'Unigram'"));
  EXPECT_THAT(with("/model/merges/0", "nothing here"), HasSubstr("which the vocab lacks"));
  EXPECT_THAT(with("/model/merges/0", 3), HasSubstr("not a pair"));
  EXPECT_THAT(with("/model/vocab/!", -1), HasSubstr("no usable id"));
  EXPECT_THAT(with("/model/vocab/!", 99999999), HasSubstr("no usable id"));
  EXPECT_THAT(with("/model/vocab/!", 2), HasSubstr("two tokens have the id 2"));
  EXPECT_THAT(with("/added_tokens/0/id", 3), HasSubstr("has the id 3 and in the vocab 0"));
  EXPECT_THAT(with("/added_tokens/0/content", "<other>"), HasSubstr("two tokens have the id 0"));
  EXPECT_THAT(with("/decoder", {{"type", "WordPiece"}}), HasSubstr("decoder is 'WordPiece'"));
}

}  // namespace
}  // namespace aiops::train
