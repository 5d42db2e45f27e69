// SPDX-License-Identifier: Apache-2.0
// BPE of characters, as Llama 2 and Mistral have it.
#include "base/json.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>

namespace aiops::train {
namespace {

using testing::ElementsAre;

constexpr int kFirstByte = 100;

std::string byte_token(int byte) {
  return {'<', '0', 'x', "0123456789ABCDEF"[byte / 16], "0123456789ABCDEF"[byte % 16], '>'};
}

// Llama 2's: U+2581 for spaces, bytes for characters without a token.
Json llama2(bool byte_fallback) {
  Json vocab{{"<unk>", 0}, {"\u2581", 1}, {"a", 2}, {"b", 3}, {"ab", 4}, {"\u2581ab", 5}};
  for (int byte = 0; byte < 256 && byte_fallback; ++byte)
    vocab[byte_token(byte)] = kFirstByte + byte;
  return {{"added_tokens", {{{"id", 0}, {"content", "<unk>"}, {"special", true}}}},
          {"normalizer",
           {{"type", "Sequence"},
            {"normalizers",
             {{{"type", "Prepend"}, {"prepend", "\u2581"}},
              {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}}}}}},
          {"pre_tokenizer", nullptr},
          {"decoder",
           {{"type", "Sequence"},
            {"decoders",
             {{{"type", "ByteFallback"}},
              {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}}}}},
          {"model",
           {{"type", "BPE"},
            {"unk_token", "<unk>"},
            {"fuse_unk", true},
            {"byte_fallback", byte_fallback},
            {"vocab", vocab},
            {"merges", {"a b", "\u2581 ab"}}}}};
}

Tokenizer made_of(const Json& json) { return Tokenizer::from_json(to_text(json), "t"); }

TEST(CharacterTokenizer, MergesCharactersAndFallsBackToBytes) {
  const auto tokenizer = made_of(llama2(true));
  EXPECT_THAT(tokenizer.encode("ab  ab"), ElementsAre(5, 1, 5));
  EXPECT_THAT(tokenizer.encode("\u00e9\n"),
              ElementsAre(1, kFirstByte + 0xC3, kFirstByte + 0xA9, kFirstByte + 0x0A));
  EXPECT_THAT(tokenizer.encode("<unk>a"), ElementsAre(0, 1, 2));
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("ab \u00e9\nba\xff")), "ab \u00e9\nba\xff");
}

TEST(CharacterTokenizer, MakesOneUnknownTokenOfARun) {
  const auto tokenizer = made_of(llama2(false));
  EXPECT_THAT(tokenizer.encode("a\u00e9\u00e9b"), ElementsAre(1, 2, 0, 3));
  EXPECT_THAT(tokenizer.encode("\u00e9 \u00e9"), ElementsAre(1, 0, 1, 0));
}

// One that waits for the normalizer is looked for with the mark that it gets.
TEST(CharacterTokenizer, NormalisesAddedTokensThatAskForIt) {
  Json json = llama2(true);
  json["added_tokens"].push_back(
      {{"id", 9}, {"content", "<t>"}, {"special", true}, {"normalized", true}});
  const auto tokenizer = made_of(json);
  EXPECT_THAT(tokenizer.encode("<t>ab"), ElementsAre(9, 4));
  EXPECT_THAT(tokenizer.encode("ab <t>ab"), ElementsAre(5, 9, 4));
  EXPECT_THAT(tokenizer.encode("ab<t>"), testing::Not(testing::Contains(9)));
}

TEST(CharacterTokenizer, GoesOnAfterASafeCut) {
  const auto tokenizer = made_of(llama2(true));
  const std::string text = "ab ab\nab\na b\n\nab a\nb";
  const auto whole = tokenizer.encode(text);
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const std::size_t cut = tokenizer.safe_cut(text, at);
    ASSERT_GE(cut, at);
    std::vector<std::int32_t> ids;
    Tokenizer::Encoder encoder(tokenizer);
    encoder.encode(text.substr(0, cut), ids);
    if (cut < text.size()) encoder.encode(text.substr(cut), ids, Begin::inside);
    EXPECT_EQ(ids, whole) << "cut at " << cut;
  }
  EXPECT_EQ(tokenizer.safe_cut(text, 0), 6u);
  Json json = llama2(true);  // a merge reaches across the line feed
  json["model"]["vocab"].update(Json{{"\n", 6}, {"\na", 7}});
  json["model"]["merges"].push_back("\n a");
  EXPECT_EQ(made_of(json).safe_cut(text, 0), 19u);  // before the last b
}

// Cutting where no merge reaches across changes nothing: the merges of a text applied to all of it
// are those applied to its parts. Here the oracle has a merge of bytes, which forbids cutting.
TEST(CharacterTokenizer, CutsWhereNoMergeReachesAcross) {
  Json json = llama2(true);
  for (const auto& [text, id] :
       {std::pair("ba", 6), {"aa", 7}, {"aab", 8}, {"bab", 9}, {"\u2581\u2581", 10}})
    json["model"]["vocab"][text] = id;
  for (const char* merge : {"a a", "aa b", "b a", "ba b", "\u2581 \u2581"})
    json["model"]["merges"].push_back(merge);
  const auto cutting = made_of(json);
  json["model"]["vocab"]["<0x01><0x02>"] = 11;
  json["model"]["merges"].push_back("<0x01> <0x02>");
  const auto whole = made_of(json);
  std::mt19937 draw(3);
  const char* parts[] = {"a", "b", " ", "\n", "\u00e9", "\xff", "<unk>"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (std::size_t size = draw() % 30; size > 0; --size) text += parts[draw() % 7];
    ASSERT_EQ(cutting.encode(text), whole.encode(text)) << text;
  }
}

}  // namespace
}  // namespace aiops::train
