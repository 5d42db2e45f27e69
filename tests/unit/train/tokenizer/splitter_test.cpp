// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/splitter.hpp"

#include "train/unicode/classes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aiops::train {
namespace {

using testing::ElementsAre;

std::vector<std::string> split(std::string_view text, Splitter splitter = Splitter::gpt2) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end(splitter, text, at);
    EXPECT_GT(end, at);
    pieces.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return pieces;
}

TEST(Splitter, KeepsOneSpaceWithTheWord) {
  EXPECT_THAT(split("In the  beginning"), ElementsAre("In", " the", " ", " beginning"));
}

TEST(Splitter, TakesContractionsInLowerCaseOnly) {
  EXPECT_THAT(split("we'll I'VE o'clock"),
              ElementsAre("we", "'ll", " I", "'", "VE", " o", "'", "clock"));
  EXPECT_THAT(split("!'s 's"), ElementsAre("!'", "s", " '", "s"));
}

TEST(Splitter, SeparatesLettersNumbersAndTheRest) {
  EXPECT_THAT(split("abc123... 45x"), ElementsAre("abc", "123", "...", " 45", "x"));
  EXPECT_THAT(split("١٢٣½ⅷ漢字かな"), ElementsAre("١٢٣½ⅷ", "漢字かな"));
}

TEST(Splitter, GivesTheLastOfSeveralSpacesBack) {
  EXPECT_THAT(split("a\n\nb"), ElementsAre("a", "\n", "\n", "b"));
  EXPECT_THAT(split("a \n b \n"), ElementsAre("a", " \n", " b", " \n"));
  EXPECT_THAT(split("\t\tx"), ElementsAre("\t", "\t", "x"));
  EXPECT_THAT(split("a\u3000\u3000b"), ElementsAre("a", "\u3000", "\u3000", "b"));
  EXPECT_THAT(split("   "), ElementsAre("   "));
}

TEST(Splitter, TakesEachBrokenByteForACharacterOfItsOwn) {
  EXPECT_THAT(split("a\xff\xfe b"), ElementsAre("a", "\xff\xfe", " b"));
  EXPECT_THAT(split("\xe2\x82"), ElementsAre("\xe2\x82"));                // cut short
  EXPECT_THAT(split("\xc1\x81q"), ElementsAre("\xc1\x81", "q"));          // overlong
  EXPECT_THAT(split("\xed\xa0\x80q"), ElementsAre("\xed\xa0\x80", "q"));  // a surrogate
}

TEST(Splitter, IsolatesNumbersForSmollm) {
  EXPECT_THAT(split("a 12  3", Splitter::smollm2), ElementsAre("a", " ", "1", "2", "  ", "3"));
  EXPECT_THAT(split(" a  b", Splitter::smollm2), ElementsAre(" a", " ", " b"));
}

TEST(Splitter, KnowsTheExpressionOfLlama3) {
  const auto llama3 = [](std::string_view text) { return split(text, Splitter::llama3); };
  EXPECT_THAT(llama3("I'VE it\u2019s"), ElementsAre("I", "'VE", " it", "\u2019s"));
  EXPECT_THAT(llama3("x'\u017fy"), ElementsAre("x", "'\u017f", "y"));  // a case of s
  EXPECT_THAT(llama3("1234567 8"), ElementsAre("123", "456", "7", " ", "8"));
  EXPECT_THAT(llama3("(a) !!\n\n b"), ElementsAre("(a", ")", " !!\n\n", " b"));
  EXPECT_THAT(llama3("a \n \n  b"), ElementsAre("a", " \n \n", " ", " b"));
  EXPECT_THAT(llama3("\tb\n\tc"), ElementsAre("\tb", "\n", "\tc"));
  EXPECT_THAT(llama3("a   "), ElementsAre("a", "   "));
}

TEST(Splitter, TakesNumbersOneByOneForQwen2) {
  EXPECT_THAT(split("a12 3", Splitter::qwen2), ElementsAre("a", "1", "2", " ", "3"));
}

TEST(Splitter, LooksAtTheCaseOfLettersForTekken) {
  const auto tekken = [](std::string_view text) { return split(text, Splitter::tekken); };
  EXPECT_THAT(tekken("HelloWorld HTMLParser"), ElementsAre("Hello", "World", " HTMLParser"));
  EXPECT_THAT(tekken("camelCaseXML 12"), ElementsAre("camel", "Case", "XML", " ", "1", "2"));
  // Letters without case and marks are both; capitals after the last of them begin a new word.
  EXPECT_THAT(tekken("A\u02b0BC"), ElementsAre("A\u02b0", "BC"));
  EXPECT_THAT(tekken("\u6f22\u5b57A\u304b"), ElementsAre("\u6f22\u5b57A\u304b"));
  EXPECT_THAT(tekken("!\u0301A"), ElementsAre("!\u0301", "A"));
  EXPECT_THAT(tekken("\u0301A"), ElementsAre("\u0301", "A"));
  EXPECT_THAT(tekken("\u01c5a"), ElementsAre("\u01c5a"));  // title case
  EXPECT_THAT(tekken("don't !!/\n/ x"), ElementsAre("don", "'t", " !!/\n/", " x"));
  EXPECT_THAT(tekken("a\n\n b\xff"
                     "c"),
              ElementsAre("a", "\n\n", " b",
                          "\xff"
                          "c"));
}

class SplitterCuts : public testing::TestWithParam<Splitter> {};

INSTANTIATE_TEST_SUITE_P(All, SplitterCuts,
                         testing::Values(Splitter::gpt2, Splitter::smollm2, Splitter::llama3,
                                         Splitter::qwen2, Splitter::tekken));

TEST_P(SplitterCuts, ChangeNoPiece) {
  const std::string text = "one two\n\nthree\n four.\nfive\n6\n(six)\n/7\n8";
  const auto whole = split(text, GetParam());
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const std::size_t cut = safe_cut(text, at);
    ASSERT_GE(cut, at);
    auto pieces = split(text.substr(0, cut), GetParam());
    const auto rest = split(text.substr(cut), GetParam());
    pieces.insert(pieces.end(), rest.begin(), rest.end());
    EXPECT_EQ(pieces, whole) << "cut at " << cut;
  }
}

TEST(UnicodeClasses, KnowTheCategories) {
  using unicode::Class;
  EXPECT_EQ(unicode::class_of(U'é'), Class::letter);
  EXPECT_EQ(unicode::class_of(0x4E00), Class::letter);  // first of a block given as two lines
  EXPECT_EQ(unicode::class_of(0x9FFF), Class::letter);  // its last
  EXPECT_EQ(unicode::class_of(0x0301), Class::other);   // a combining mark
  EXPECT_EQ(unicode::class_of(0x2163), Class::number);  // a Roman numeral
  EXPECT_EQ(unicode::class_of(0x00A0), Class::white_space);
  EXPECT_EQ(unicode::class_of(0x200B), Class::other);  // zero width space is not White_Space
  EXPECT_EQ(unicode::class_of(0x1F600), Class::other);
  EXPECT_EQ(unicode::class_of(0x10FFFF), Class::other);
}

TEST(UnicodeClasses, KnowTheCaseOfLettersAndWhatWordsAreMadeOf) {
  const auto cases = [](char32_t c) {
    const auto [upper, lower] = unicode::cases_of(c);
    return std::string(upper ? "u" : "") + (lower ? "l" : "");
  };
  EXPECT_EQ(cases('A') + cases('a') + cases('1'), "ul");
  EXPECT_EQ(cases(0x01C5), "u");    // title case
  EXPECT_EQ(cases(0x02B0), "ul");   // a modifier
  EXPECT_EQ(cases(0x4E00), "ul");   // neither
  EXPECT_EQ(cases(0x0301), "ul");   // a mark
  EXPECT_EQ(cases(0xE0100), "ul");  // the last marks
  EXPECT_EQ(cases(0xE01F0), "");    // above them
  EXPECT_EQ(cases(0x10D50), "u");   // since Unicode 16
  for (const char32_t word :
       {U'a', U'_', U'7', char32_t{0x0301}, char32_t{0x200D}, char32_t{0x24B6}, char32_t{0x13E6B}})
    EXPECT_TRUE(unicode::is_word(word)) << std::hex << static_cast<unsigned>(word);
  for (const char32_t other : {U'-', U' ', char32_t{0x00BD}, char32_t{0x200B}, char32_t{0x10FFFF}})
    EXPECT_FALSE(unicode::is_word(other)) << std::hex << static_cast<unsigned>(other);
}

}  // namespace
}  // namespace aiops::train
