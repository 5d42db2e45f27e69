// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/tokenizer.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "train/tokenizer/bpe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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
  table.add({1, 2}, 10);
  table.add({2, 3}, 11);
  table.add({1, 1}, 12);
  std::vector<TokenId> tokens{1, 2, 3};
  table.apply(tokens);
  EXPECT_THAT(tokens, ElementsAre(10, 3));
  tokens = {1, 1, 1, 1, 1};
  table.apply(tokens);
  EXPECT_THAT(tokens, ElementsAre(12, 12, 1));
}

TEST(Tokenizer, LearnsTheMostFrequentPairFirst) {
  const auto tokenizer = learn("ab ab ab cd", 259);  // a special token, bytes, two merges
  EXPECT_EQ(tokenizer.vocab_size(), 259);
  EXPECT_EQ(tokenizer.bytes_of(257), "ab");   // three times
  EXPECT_EQ(tokenizer.bytes_of(258), " ab");  // twice
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

TEST(Tokenizer, LearnsTheSameForAnyNumberOfThreads) {
  std::string text;
  for (int i = 0; i < 40000; ++i)
    text +=
        "word" + std::to_string(i * 7919 % 1000) + (i % 9 ? " and" : "\n") + kText.substr(0, 60);
  const auto one = learn(text, 700, 1);
  EXPECT_EQ(one.to_json(), learn(text, 700, 3).to_json());
  EXPECT_EQ(one.vocab_size(), 700);
}

TEST(Tokenizer, EndsEarlyWhenNoPairOccursTwice) { EXPECT_EQ(learn("abc", 1000).vocab_size(), 257); }

TEST(Tokenizer, RefusesAVocabularyWithoutRoomForBytes) { EXPECT_THROW(learn(kText, 256), Error); }

TEST(Tokenizer, LearnsOverlapsRight) {
  // aaaa: three pairs (a,a); the merge leaves aa aa, then aaaa.
  const auto tokenizer = learn("aaaa aaaa aaaa", 260);
  EXPECT_EQ(tokenizer.bytes_of(257), "aa");
  EXPECT_EQ(tokenizer.encode("aaaa").size(), 1u);
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
}

TEST(TokenizerJson, GivesAddedTokensTheWhiteSpaceTheyTake) {
  Json json = Json::parse(learn(kText, 300).to_json());
  json["added_tokens"].push_back({{"id", 300}, {"content", "<l>"}, {"lstrip", true}});
  json["added_tokens"].push_back({{"id", 301}, {"content", "<r>"}, {"rstrip", true}});
  json["added_tokens"].push_back({{"id", 302}, {"content", "<l>!"}});
  const auto tokenizer = Tokenizer::from_json(to_text(json), "t");
  EXPECT_THAT(tokenizer.encode("! \t<l><r> \n!<l>!"), ElementsAre(1, 300, 301, 1, 302));
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

// Llama 2's: characters, U+2581 for spaces, bytes for characters without a token.
Tokenizer llama2(bool byte_fallback) {
  Json vocab{{"<unk>", 0}, {"\u2581", 1}, {"a", 2}, {"b", 3}, {"ab", 4}, {"\u2581ab", 5}};
  if (byte_fallback)
    for (int byte : {0xC3, 0xA9, 0x0A})
      vocab["<0x" + std::string(1, "0123456789ABCDEF"[byte / 16]) + "0123456789ABCDEF"[byte % 16] +
            ">"] = byte;
  const Json json{
      {"added_tokens", {{{"id", 0}, {"content", "<unk>"}, {"special", true}}}},
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
  return Tokenizer::from_json(to_text(json), "t");
}

TEST(TokenizerJson, ReadsBpeOfCharacters) {
  const auto tokenizer = llama2(true);
  EXPECT_THAT(tokenizer.encode("ab  ab"), ElementsAre(5, 1, 5));
  EXPECT_THAT(tokenizer.encode("\u00e9\n"), ElementsAre(1, 0xC3, 0xA9, 0x0A));
  EXPECT_THAT(tokenizer.encode("<unk>a"), ElementsAre(0, 1, 2));
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("ab \u00e9\nba")), "ab \u00e9\nba");
  EXPECT_THAT(llama2(false).encode("a\u00e9\u00e9b"), ElementsAre(1, 2, 0, 3));
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
  EXPECT_THAT(with("/added_tokens/0/single_word", true), HasSubstr("single_word"));
  EXPECT_THAT(with("/decoder", {{"type", "WordPiece"}}), HasSubstr("decoder is 'WordPiece'"));
}

}  // namespace
}  // namespace aiops::train
