// SPDX-License-Identifier: Apache-2.0
// Byte-pair encoding, learnt incrementally. Every distinct word is kept once, as tokens, with its
// count. For each pair of neighbours we know how often it occurs and in which words; a merge visits
// those words only and corrects the counts of the pairs that it touches. The pairs wait in a heap;
// an entry whose count is out of date is put back with the right one when it surfaces. Pairs whose
// count rises get a new entry, so the top is never too low.
#include "train/tokenizer/bpe_learner.hpp"

#include "train/tokenizer/bpe.hpp"

#include <optional>
#include <queue>
#include <unordered_map>
#include <unordered_set>

namespace aiops::train {
namespace {

constexpr std::int64_t kLeastCount = 2;

struct Word {
  std::vector<TokenId> tokens;
  std::int64_t count;
};

struct Pair {
  std::int64_t count = 0;
  std::vector<std::uint32_t> words;  // where it was seen; may since have gone
};

TokenPair pair_of(std::uint64_t key) {
  return {static_cast<TokenId>(key >> 32), static_cast<TokenId>(key & 0xFFFFFFFF)};
}

class Learner {
 public:
  explicit Learner(std::span<const WordCount> words) : heap_(Worse{this}) {
    for (int byte = 0; byte < 256; ++byte) name(std::string(1, static_cast<char>(byte)));
    words_.reserve(words.size());
    for (const auto& [text, count] : words) add_word(text, count);
    for (const auto& [key, pair] : pairs_) heap_.push({pair.count, key});
  }

  std::vector<LearntMerge> learn(std::int64_t new_tokens, Status& status, const StopFlag& stop) {
    std::vector<LearntMerge> merges;
    Task task(status, "learning the vocabulary", static_cast<std::uint64_t>(new_tokens),
              Status::Unit::items);
    const auto wanted = static_cast<std::size_t>(new_tokens) + 256;
    while (bytes_.size() < wanted) {
      stop.check();
      const auto best = take_best();
      if (!best) break;
      const auto [left, right] = pair_of(*best);
      merges.push_back({bytes_[index(left)], bytes_[index(right)]});
      const std::size_t before = bytes_.size();
      merge(*best, name(bytes_[index(left)] + bytes_[index(right)]));
      task.advance(bytes_.size() - before);
    }
    return merges;
  }

 private:
  struct Entry {
    std::int64_t count;
    std::uint64_t pair;
  };
  struct Worse {
    const Learner* learner;
    bool operator()(const Entry& a, const Entry& b) const {
      if (a.count != b.count) return a.count < b.count;
      const auto [a_left, a_right] = pair_of(a.pair);
      const auto [b_left, b_right] = pair_of(b.pair);
      const auto& bytes = learner->bytes_;
      if (a_left != b_left) return bytes[index(a_left)] > bytes[index(b_left)];
      return bytes[index(a_right)] > bytes[index(b_right)];
    }
  };

  static std::size_t index(TokenId token) { return static_cast<std::size_t>(token); }

  // The token of some bytes, new or known: two merges can make the same bytes.
  TokenId name(std::string bytes) {
    const auto [found, is_new] = ids_.try_emplace(bytes, static_cast<TokenId>(bytes_.size()));
    if (is_new) bytes_.push_back(std::move(bytes));
    return found->second;
  }

  void add_word(std::string_view text, std::int64_t count) {
    Word word{{}, count};
    for (const char c : text) word.tokens.push_back(static_cast<unsigned char>(c));
    const auto at = static_cast<std::uint32_t>(words_.size());
    for (std::size_t i = 0; i + 1 < word.tokens.size(); ++i)
      count_pair({word.tokens[i], word.tokens[i + 1]}, count, at);
    words_.push_back(std::move(word));
  }

  void count_pair(TokenPair which, std::int64_t amount, std::uint32_t word) {
    Pair& pair = pairs_[key_of(which)];
    pair.count += amount;
    if (amount > 0 && (pair.words.empty() || pair.words.back() != word)) pair.words.push_back(word);
  }

  std::optional<std::uint64_t> take_best() {
    while (!heap_.empty()) {
      const Entry top = heap_.top();
      heap_.pop();
      const auto found = pairs_.find(top.pair);
      const std::int64_t count = found == pairs_.end() ? 0 : found->second.count;
      if (count == top.count && count >= kLeastCount) return top.pair;
      if (count >= kLeastCount && count < top.count) heap_.push({count, top.pair});
    }
    return std::nullopt;
  }

  void merge(std::uint64_t key, TokenId result) {
    const Pair merged = std::move(pairs_[key]);
    pairs_.erase(key);
    std::unordered_set<std::uint64_t> risen;
    for (const std::uint32_t word : merged.words) merge_in(word, pair_of(key), result, risen);
    pairs_.erase(key);  // an overlap ("aaa") may have touched it again
    for (const std::uint64_t pair : risen)
      if (const auto found = pairs_.find(pair); found != pairs_.end())
        heap_.push({found->second.count, pair});
  }

  void merge_in(std::uint32_t at, TokenPair pair, TokenId result,
                std::unordered_set<std::uint64_t>& risen) {
    auto& [tokens, count] = words_[at];
    const auto replace = [&, count = count](TokenPair gone, TokenPair come) {
      count_pair(gone, -count, at);
      count_pair(come, count, at);
      risen.insert(key_of(come));
    };
    std::size_t out = 0;
    for (std::size_t in = 0; in < tokens.size(); ++out) {
      if (in + 1 == tokens.size() || tokens[in] != pair.first || tokens[in + 1] != pair.second) {
        tokens[out] = tokens[in++];
        continue;
      }
      if (out > 0) replace({tokens[out - 1], pair.first}, {tokens[out - 1], result});
      if (in + 2 < tokens.size()) replace({pair.second, tokens[in + 2]}, {result, tokens[in + 2]});
      tokens[out] = result;
      in += 2;
    }
    tokens.resize(out);
  }

  std::vector<std::string> bytes_;  // by token
  std::unordered_map<std::string, TokenId> ids_;
  std::vector<Word> words_;
  std::unordered_map<std::uint64_t, Pair> pairs_;
  std::priority_queue<Entry, std::vector<Entry>, Worse> heap_;
};

}  // namespace

std::vector<LearntMerge> learn_merges(std::span<const WordCount> words, std::int64_t new_tokens,
                                      Status& status, const StopFlag& stop) {
  return Learner(words).learn(new_tokens, status, stop);
}

}  // namespace aiops::train
