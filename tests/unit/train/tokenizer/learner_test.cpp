// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "train/tokenizer/bpe_learner.hpp"
#include "train/tokenizer/byte_alphabet.hpp"
#include "train/tokenizer/families.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace aiops::train {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kSpecial{"<|endoftext|>"};

Tokenizer learn(const std::string& text, std::int64_t size, std::size_t threads = 1,
                Splitter splitter = Splitter::gpt2) {
  ThreadPool pool(threads);
  SilentStatus status;
  const StopFlag stop;
  const std::vector<std::string_view> texts{text};
  return Tokenizer::learn(texts, size, kSpecial, pool, status, stop, splitter);
}

// All pairs counted anew before each merge: what learn_merges() must agree with.
std::vector<LearntMerge> learn_slowly(const std::vector<WordCount>& words, std::size_t merges) {
  std::vector<std::string> bytes;
  std::map<std::string, int> ids;
  const auto name = [&](const std::string& text) {
    const auto [found, is_new] = ids.emplace(text, static_cast<int>(bytes.size()));
    if (is_new) bytes.push_back(text);
    return found->second;
  };
  for (const char byte : bytes_by_letter()) name(std::string(1, byte));
  std::vector<std::vector<int>> tokens;
  for (const auto& [word, count] : words) {
    tokens.emplace_back();
    for (const char c : word) tokens.back().push_back(name(std::string(1, c)));
  }
  std::vector<LearntMerge> learnt;
  while (bytes.size() < 256 + merges) {
    std::map<std::pair<int, int>, std::int64_t> counts;
    for (std::size_t i = 0; i < words.size(); ++i)
      for (std::size_t j = 0; j + 1 < tokens[i].size(); ++j)
        counts[{tokens[i][j], tokens[i][j + 1]}] += words[i].count;
    auto best = counts.end();  // of equal ones the first: the lower ids
    for (auto at = counts.begin(); at != counts.end(); ++at)
      if (best == counts.end() || at->second > best->second) best = at;
    if (best == counts.end() || best->second < 2) break;
    const auto [left, right] = best->first;
    learnt.push_back(
        {bytes[static_cast<std::size_t>(left)], bytes[static_cast<std::size_t>(right)]});
    const int result = name(learnt.back().left + learnt.back().right);
    for (auto& word : tokens)
      for (std::size_t j = 0; j + 1 < word.size(); ++j)
        if (word[j] == left && word[j + 1] == right) {
          word[j] = result;
          word.erase(word.begin() + static_cast<std::ptrdiff_t>(j) + 1);
        }
  }
  return learnt;
}

TEST(Learner, AgreesWithCountingAnewBeforeEachMerge) {
  std::mt19937 draw(5);
  for (int round = 0; round < 60; ++round) {
    // Few letters, so that runs overlap and the same bytes are made in several ways.
    std::map<std::string, std::int64_t> counts;
    const unsigned letters = 1 + draw() % 4;
    for (int i = 0; i < 40; ++i) {
      std::string word;
      for (std::size_t size = 1 + draw() % 12; size > 0; --size)
        word += static_cast<char>("aZ\xff "[draw() % letters]);
      counts[word] += 1 + static_cast<std::int64_t>(draw() % 3);
    }
    std::vector<WordCount> words;
    for (const auto& [word, count] : counts) words.push_back({word, count});
    SilentStatus status;
    const auto fast = learn_merges(words, 60, status, StopFlag());
    const auto slow = learn_slowly(words, 60);
    ASSERT_EQ(fast.size(), slow.size());
    for (std::size_t i = 0; i < fast.size(); ++i) {
      ASSERT_EQ(fast[i].left, slow[i].left) << "round " << round << ", merge " << i;
      ASSERT_EQ(fast[i].right, slow[i].right) << "round " << round << ", merge " << i;
    }
  }
}

TEST(Learner, TakesTheMostFrequentPairFirst) {
  const auto tokenizer = learn("ab ab ab cd", 259);  // a special token, bytes, two merges
  EXPECT_EQ(tokenizer.vocab_size(), 259);
  EXPECT_EQ(tokenizer.bytes_of(257), "ab");   // three times
  EXPECT_EQ(tokenizer.bytes_of(258), " ab");  // twice
}

TEST(Learner, LearnsTheSameForAnyNumberOfThreads) {
  std::string text;
  for (int i = 0; i < 60000; ++i)
    text += "word" + std::to_string(i * 7919 % 1000) + (i % 9 ? " and" : "\n") +
            "In the beginning God created the heaven and the earth. And";
  const auto one = learn(text, 700, 1);
  EXPECT_EQ(one.to_json(), learn(text, 700, 3).to_json());
  EXPECT_EQ(one.vocab_size(), 700);
}

TEST(Learner, CountsTextsThatCameOneAfterTheOther) {
  ThreadPool pool(2);
  SilentStatus status;
  const StopFlag stop;
  WordCounts words(Splitter::gpt2);
  for (std::string text : {"one two", " two three", "one"}) {
    words.add(std::vector<std::string_view>{text}, pool, stop);
    text.assign(text.size(), '?');  // it may go
  }
  std::map<std::string, std::int64_t> counts;
  for (const auto& [word, count] : words.all()) counts[std::string(word)] = count;
  EXPECT_EQ(counts, (std::map<std::string, std::int64_t>{{"one", 2}, {" two", 2}, {" three", 1}}));
}

TEST(Learner, EndsEarlyWhenNoPairOccursTwice) { EXPECT_EQ(learn("abc", 1000).vocab_size(), 257); }

// A word of two million bytes is visited where its pairs are, not from its start for each merge.
TEST(Learner, LearnsFromWordsOfAnyLength) {
  std::string text;
  for (int i = 0; i < 250000; ++i) text += "abcdefg" + std::string(1, "hijk"[i % 4]);
  const auto tokenizer = learn(text, 280);
  EXPECT_EQ(tokenizer.vocab_size(), 280);
  EXPECT_LT(tokenizer.encode(text).size(), 10000u);
}

TEST(Learner, LearnsOverlapsRight) {
  // aaaa: three pairs (a,a); the merge leaves aa aa, then aaaa.
  const auto tokenizer = learn("aaaa aaaa aaaa", 260);
  EXPECT_EQ(tokenizer.bytes_of(257), "aa");
  EXPECT_EQ(tokenizer.encode("aaaa").size(), 1u);
}

TEST(Learner, WritesEachFamilyAsItsModelsHaveIt) {
  const std::string text =
      "We'LL see 12345 things, HTMLParser /x/ caf\u0065\u0301 12345 things we'LL see.\n\n";
  for (const SplitterFamily& family : splitter_families()) {
    const auto tokenizer = learn(text + text, 300, 1, family.splitter);
    EXPECT_EQ(Tokenizer::from_json(tokenizer.to_json(), "t").encode(text), tokenizer.encode(text));
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)).find("cafe") == std::string::npos,
              family.nfc)
        << family.name;
    EXPECT_EQ(splitter_of(family.name), family.splitter);
  }
  // Digits are apart in all but GPT-2's, which learns them as one, and Llama 3's, which takes
  // three.
  EXPECT_THAT(learn(text + text, 400).to_json(), HasSubstr("12345"));
  EXPECT_THAT(learn(text + text, 400, 1, Splitter::llama3).to_json(), HasSubstr("\"123\""));
  for (const Splitter one : {Splitter::smollm2, Splitter::qwen2, Splitter::tekken})
    EXPECT_THAT(learn(text + text, 400, 1, one).to_json(), testing::Not(HasSubstr("\"12\"")));
  EXPECT_EQ(splitter_of("gpt-2"), std::nullopt);
}

TEST(Learner, RefusesVocabulariesThatCannotBe) {
  EXPECT_THROW(learn("text", 256), Error);  // no room for the bytes and a special token
  for (const std::vector<std::string>& special :
       {std::vector<std::string>{"<a>", "<a>"}, {""}, {"\xff"}})
    EXPECT_THROW(Tokenizer::least_vocabulary(special), Error);
}

}  // namespace
}  // namespace aiops::train
