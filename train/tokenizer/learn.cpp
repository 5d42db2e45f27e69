// SPDX-License-Identifier: Apache-2.0
// A learnt tokenizer is written as tokenizer.json first and made by reading that: what is used is
// what is shipped.
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "train/tokenizer/bpe_learner.hpp"
#include "train/tokenizer/byte_alphabet.hpp"
#include "train/tokenizer/families.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <nlohmann/json.hpp>

#include <unordered_map>
#include <unordered_set>

namespace aiops::train {
namespace {

OrderedJson added_token(std::int64_t id, const std::string& content) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}

std::string to_tokenizer_json(std::span<const std::string> special_tokens,
                              const std::vector<LearntMerge>& merges,
                              const SplitterFamily& family) {
  auto added = OrderedJson::array();
  auto vocabulary = OrderedJson::object();
  std::int64_t next = 0;
  // nlohmann's ordered object looks keys up one by one: a map beside it keeps this linear.
  std::unordered_map<std::string, std::int64_t> ids;
  std::vector<std::pair<std::string, std::int64_t>> entries;
  const auto name = [&](const std::string& spelling) {
    if (ids.try_emplace(spelling, next).second) entries.emplace_back(spelling, next++);
  };
  for (const std::string& token : special_tokens) {
    added.push_back(added_token(next, token));
    name(token);
  }
  for (const char byte : bytes_by_letter()) name(spell_bytes({&byte, 1}));
  auto list = OrderedJson::array();
  for (const auto& [left, right] : merges) {
    const std::string a = spell_bytes(left);
    const std::string b = spell_bytes(right);
    name(a + b);
    list.push_back(a + " " + b);  // the spelling that every reader knows
  }
  auto& object = vocabulary.get_ref<OrderedJson::object_t&>();
  for (const auto& [spelling, id] : entries) object.push_back({spelling, id});
  const OrderedJson model{{"type", "BPE"},
                          {"dropout", nullptr},
                          {"unk_token", nullptr},
                          {"continuing_subword_prefix", nullptr},
                          {"end_of_word_suffix", nullptr},
                          {"fuse_unk", false},
                          {"byte_fallback", false},
                          {"ignore_merges", family.whole_pieces},
                          {"vocab", vocabulary},
                          {"merges", list}};
  return to_text(OrderedJson{{"version", "1.0"},
                             {"truncation", nullptr},
                             {"padding", nullptr},
                             {"added_tokens", added},
                             {"normalizer", normalizer_json(family)},
                             {"pre_tokenizer", pre_tokenizer_json(family)},
                             {"post_processor", nullptr},
                             {"decoder", byte_level_json(true)},
                             {"model", model}});
}

}  // namespace

std::int64_t Tokenizer::least_vocabulary(std::span<const std::string> special_tokens) {
  std::unordered_set<std::string> seen;
  for (const std::string& token : special_tokens) {
    if (token.empty() || !is_utf8(token))
      throw Error(ExitCode::usage, "a special token is empty or not UTF-8");
    if (!seen.insert(token).second)
      throw Error(ExitCode::usage, "the special token '" + token + "' is given twice");
  }
  return static_cast<std::int64_t>(256 + special_tokens.size());
}

Tokenizer Tokenizer::learn(const WordCounts& words, std::int64_t vocab_size,
                           std::span<const std::string> special_tokens, Status& status,
                           const StopFlag& stop) {
  const std::int64_t least = least_vocabulary(special_tokens);
  if (vocab_size < least)
    throw Error(ExitCode::usage, "a vocabulary of " + std::to_string(vocab_size) +
                                     " tokens is too small: 256 bytes and the special tokens are " +
                                     std::to_string(least));
  const auto merges = learn_merges(words.all(), vocab_size - least, status, stop);
  return from_json(to_tokenizer_json(special_tokens, merges, family_of(words.splitter())),
                   "tokenizer.json");
}

Tokenizer Tokenizer::learn(std::span<const std::string_view> texts, std::int64_t vocab_size,
                           std::span<const std::string> special_tokens, ThreadPool& threads,
                           Status& status, const StopFlag& stop, Splitter splitter) {
  WordCounts words(splitter);
  words.add(texts, threads, stop);
  return learn(words, vocab_size, special_tokens, status, stop);
}

}  // namespace aiops::train
