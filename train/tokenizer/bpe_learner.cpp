// SPDX-License-Identifier: Apache-2.0
// Byte-pair encoding, learnt incrementally. The different words lie one behind the other in one
// array with a slot for each byte; a token is written into the slots of its first and its last
// byte, so that the neighbours of a token are found from its length and theirs. For each pair of
// neighbours we know how often it occurs and where it was seen; a merge visits those places only
// and corrects the counts of the pairs that it touches. A place that an earlier merge has overtaken
// no longer has the two tokens and is passed over.
//
// A place counts as often as its word. Words of one count lie together, so the count of a place is
// found among few bounds, and nothing need be kept for each place.
//
// The pairs wait in a heap; an entry whose count is out of date is put back with the right one when
// it surfaces. Pairs whose count rises get a new entry, so the top is never too low.
#include "train/tokenizer/bpe_learner.hpp"

#include "base/error.hpp"
#include "train/tokenizer/byte_alphabet.hpp"
#include "train/tokenizer/pair_table.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <queue>
#include <unordered_map>

namespace aiops::train {
namespace {

constexpr std::int64_t kLeastCount = 2;
constexpr TokenId kBorder = -1;  // between words
constexpr TokenId kInside = -2;  // where a token that is now the end of another began

TokenPair pair_of(std::uint64_t key) {
  return {static_cast<TokenId>(key >> 32), static_cast<TokenId>(key & 0xFFFFFFFF)};
}

// What a merge has done to the neighbours on one side of it, by their token.
class Neighbours {
 public:
  struct Change {
    std::int64_t count = 0;
    std::vector<std::uint32_t> places = {};  // of the pair with the merged token
  };

  void add(TokenId token, std::int64_t count, std::uint32_t place) {
    const auto at = static_cast<std::size_t>(token);
    if (changes_.size() <= at) changes_.resize(at + 1);
    if (changes_[at].places.empty()) touched_.push_back(token);
    changes_[at].count += count;
    changes_[at].places.push_back(place);
  }

  template <class Visit>
  void take(Visit visit) {
    for (const TokenId token : touched_)
      visit(token, std::exchange(changes_[static_cast<std::size_t>(token)], {}));
    touched_.clear();
  }

 private:
  std::vector<Change> changes_;
  std::vector<TokenId> touched_;
};

class Learner {
 public:
  explicit Learner(std::span<const WordCount> words) {
    for (const char byte : bytes_by_letter()) name(std::string(1, byte));
    place(words);
    count_pairs();
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
  struct Run {  // places from here on, until the next run, count so much
    std::uint32_t begin;
    std::int64_t count;
  };
  struct Entry {
    std::int64_t count;
    std::uint64_t pair;
    bool operator<(const Entry& other) const {  // std::priority_queue keeps the largest on top
      return count != other.count ? count < other.count : pair > other.pair;
    }
  };

  static std::size_t index(TokenId token) { return static_cast<std::size_t>(token); }

  // The token of some bytes, new or known: two merges can make the same bytes.
  TokenId name(std::string bytes) {
    const auto [found, is_new] = ids_.try_emplace(bytes, static_cast<TokenId>(bytes_.size()));
    if (is_new) {
      sizes_.push_back(static_cast<std::uint32_t>(bytes.size()));
      bytes_.push_back(std::move(bytes));
    }
    return found->second;
  }

  void place(std::span<const WordCount> words) {
    std::vector<WordCount> sorted(words.begin(), words.end());
    std::sort(sorted.begin(), sorted.end(),
              [](const WordCount& a, const WordCount& b) { return a.count > b.count; });
    std::uint64_t size = 1;
    for (const WordCount& word : sorted) size += word.word.size() + 1;
    if (size > std::numeric_limits<std::uint32_t>::max())
      throw Error(ExitCode::failed, "the text has more than 4 GiB of different words",
                  "learn from a part of it");
    std::array<TokenId, 256> letters{};
    for (std::size_t i = 0; i < 256; ++i)
      letters[static_cast<unsigned char>(bytes_by_letter()[i])] = static_cast<TokenId>(i);
    tokens_.reserve(size);
    tokens_.push_back(kBorder);
    for (const auto& [word, count] : sorted) {
      if (runs_.empty() || runs_.back().count != count)
        runs_.push_back({static_cast<std::uint32_t>(tokens_.size()), count});
      for (const char c : word) tokens_.push_back(letters[static_cast<unsigned char>(c)]);
      tokens_.push_back(kBorder);
    }
  }

  void count_pairs() {
    std::vector<PairCount> pairs(1 << 16);  // of two bytes
    std::vector<std::uint32_t> times(1 << 16);
    const auto for_each_pair = [&](auto visit) {
      for (std::size_t run = 0, at = 1; at + 1 < tokens_.size(); ++at) {
        if (run + 1 < runs_.size() && runs_[run + 1].begin <= at) ++run;
        if (tokens_[at] != kBorder && tokens_[at + 1] != kBorder)
          visit(index(tokens_[at]) << 8 | index(tokens_[at + 1]), at, runs_[run].count);
      }
    };
    for_each_pair([&](std::size_t pair, std::size_t, std::int64_t) { ++times[pair]; });
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].places.reserve(times[i]);
    for_each_pair([&](std::size_t pair, std::size_t at, std::int64_t count) {
      pairs[pair].count += count;
      pairs[pair].places.push_back(static_cast<std::uint32_t>(at));
    });
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (pairs[i].count == 0) continue;
      const std::uint64_t key =
          key_of({static_cast<TokenId>(i >> 8), static_cast<TokenId>(i & 0xFF)});
      heap_.push({pairs[i].count, key});
      pairs_[key] = std::move(pairs[i]);
    }
  }

  std::optional<std::uint64_t> take_best() {
    while (!heap_.empty()) {
      const Entry top = heap_.top();
      heap_.pop();
      const std::int64_t count = pairs_[top.pair].count;
      if (count == top.count && count >= kLeastCount) return top.pair;
      if (count >= kLeastCount && count < top.count) heap_.push({count, top.pair});
    }
    return std::nullopt;
  }

  void merge(std::uint64_t key, TokenId result) {
    const auto [left, right] = pair_of(key);
    auto places = std::move(pairs_[key].places);
    // Of "aaa" the first two are merged; places come out of order where the same bytes were made
    // twice.
    if (!std::is_sorted(places.begin(), places.end())) std::sort(places.begin(), places.end());
    auto run = runs_.begin();
    for (const std::uint32_t at : places) merge_at(at, {left, right}, result, run);
    before_.take([&, left = left](TokenId token, Neighbours::Change made) {
      replace({token, left}, {token, result}, std::move(made));
    });
    after_.take([&, right = right](TokenId token, Neighbours::Change made) {
      replace({right, token}, {result, token}, std::move(made));
    });
    pairs_[key] = {};  // an overlap ("aaa") may have touched it again
    for (const std::uint64_t pair : risen_)
      if (const std::int64_t count = pairs_[pair].count; count >= kLeastCount)
        heap_.push({count, pair});
    risen_.clear();
  }

  void replace(TokenPair gone, TokenPair come, Neighbours::Change made) {
    pairs_[key_of(gone)].count -= made.count;
    PairCount& risen = pairs_[key_of(come)];
    risen.count += made.count;
    if (risen.places.empty())
      risen.places = std::move(made.places);
    else
      risen.places.insert(risen.places.end(), made.places.begin(), made.places.end());
    risen_.push_back(key_of(come));
  }

  void merge_at(std::uint32_t at, TokenPair pair, TokenId result, std::vector<Run>::iterator& run) {
    const std::uint32_t middle = at + sizes_[index(pair.first)];
    if (tokens_[at] != pair.first || tokens_[middle] != pair.second) return;
    const std::uint32_t end = middle + sizes_[index(pair.second)];
    if (run + 1 != runs_.end() && (run + 1)->begin <= at)
      run =
          std::upper_bound(run + 1, runs_.end(), at,
                           [](std::uint32_t place, const Run& one) { return place < one.begin; }) -
          1;
    if (const TokenId token = tokens_[at - 1]; token != kBorder)
      before_.add(token, run->count, at - sizes_[index(token)]);
    if (const TokenId token = tokens_[end]; token != kBorder) after_.add(token, run->count, at);
    tokens_[middle] = kInside;
    tokens_[at] = tokens_[end - 1] = result;
  }

  std::vector<std::string> bytes_;  // by token
  std::vector<std::uint32_t> sizes_;
  std::unordered_map<std::string, TokenId> ids_;
  std::vector<TokenId> tokens_;  // of the words
  std::vector<Run> runs_;
  PairTable pairs_;
  std::priority_queue<Entry> heap_;
  Neighbours before_, after_;
  std::vector<std::uint64_t> risen_;
};

}  // namespace

std::vector<LearntMerge> learn_merges(std::span<const WordCount> words, std::int64_t new_tokens,
                                      Status& status, const StopFlag& stop) {
  return Learner(words).learn(new_tokens, status, stop);
}

}  // namespace aiops::train
