// SPDX-License-Identifier: Apache-2.0
// A long piece is merged in its own array: a token stays where its first part was, and how many
// slots it spans is noted at its first and its last one, which is all that its neighbours need to
// be found. The possible merges wait in a heap ordered by rank, then place. A merge makes at most
// two candidates more. Candidates that an earlier merge has overtaken are recognised when they
// surface: the pair at their place no longer has their rank. Most pieces are words of a few bytes:
// for these, looking through all pairs again is faster.
#include "train/tokenizer/bpe.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <limits>
#include <queue>

namespace aiops::train {
namespace {

constexpr TokenId kNone = -1;  // in a slot that is no token's first
constexpr std::uint64_t kNoPair = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t kNoRank = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kFew = 32;

class Piece {
 public:
  Piece(const MergeTable& table, std::vector<TokenId>& tokens)
      : table_(table), tokens_(tokens), spans_(tokens.size(), 1) {
    std::vector<std::uint64_t> waiting;
    for (std::uint32_t at = 0; at + 1 < tokens.size(); ++at)
      if (const auto* merge = table.find({tokens[at], tokens[at + 1]}))
        waiting.push_back(candidate(merge->rank, at));
    candidates_ = Candidates(std::greater<>(), std::move(waiting));
  }

  void merge_all() {
    while (!candidates_.empty()) {
      const std::uint64_t best = candidates_.top();
      candidates_.pop();
      const auto at = static_cast<std::uint32_t>(best);
      if (tokens_[at] == kNone || after(at) == tokens_.size()) continue;
      const auto* merge = table_.find({tokens_[at], tokens_[after(at)]});
      if (merge != nullptr && merge->rank == best >> 32) apply(at, merge->result);
    }
    tokens_.erase(std::remove(tokens_.begin(), tokens_.end(), kNone), tokens_.end());
  }

 private:
  using Candidates = std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>>;

  // Ordered by rank, then place.
  static std::uint64_t candidate(std::uint32_t rank, std::uint32_t at) {
    return std::uint64_t{rank} << 32 | at;
  }

  std::uint32_t after(std::uint32_t at) const { return at + spans_[at]; }

  void apply(std::uint32_t at, TokenId result) {
    const std::uint32_t right = after(at);
    const std::uint32_t end = after(right);
    tokens_[right] = kNone;
    tokens_[at] = result;
    spans_[at] = spans_[end - 1] = end - at;
    if (end < tokens_.size()) propose(at, end);
    if (at > 0) propose(at - spans_[at - 1], at);
  }

  void propose(std::uint32_t left, std::uint32_t right) {
    if (const auto* merge = table_.find({tokens_[left], tokens_[right]}))
      candidates_.push(candidate(merge->rank, left));
  }

  const MergeTable& table_;
  std::vector<TokenId>& tokens_;
  std::vector<std::uint32_t> spans_;
  Candidates candidates_;
};

}  // namespace

void MergeTable::reserve(std::size_t count) {
  const std::size_t wanted = std::bit_ceil(2 * count + 16);
  if (wanted <= slots_.size()) return;
  std::vector<Slot> old(wanted, Slot{kNoPair, {}});
  old.swap(slots_);
  for (const Slot& slot : old)
    if (slot.key != kNoPair) slots_[slot_of(slot.key)] = slot;
}

// Where the key is, or would be put.
std::size_t MergeTable::slot_of(std::uint64_t key) const {
  std::uint64_t hash = key * 0x9E3779B97F4A7C15;
  hash ^= hash >> 32;
  std::size_t at = hash & (slots_.size() - 1);
  while (slots_[at].key != key && slots_[at].key != kNoPair) at = (at + 1) & (slots_.size() - 1);
  return at;
}

void MergeTable::add(TokenPair pair, TokenId result, std::uint32_t rank) {
  reserve(size_ + 1);
  Slot& slot = slots_[slot_of(key_of(pair))];
  if (slot.key == kNoPair) ++size_;
  slot = {key_of(pair), {rank, result}};
}

const MergeTable::Merge* MergeTable::find(TokenPair pair) const {
  const Slot& slot = slots_[slot_of(key_of(pair))];
  return slot.key == kNoPair ? nullptr : &slot.merge;
}

void MergeTable::apply_to_few(std::vector<TokenId>& tokens) const {
  std::array<Merge, kFew> merges;  // of token i with token i + 1
  const auto look_up = [&](std::size_t i) {
    const Merge* merge = find({tokens[i], tokens[i + 1]});
    merges[i] = merge ? *merge : Merge{kNoRank, 0};
  };
  std::size_t size = tokens.size();
  for (std::size_t i = 0; i + 1 < size; ++i) look_up(i);
  while (size > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < size; ++i)
      if (merges[i].rank < merges[best].rank) best = i;
    if (merges[best].rank == kNoRank) break;
    tokens[best] = merges[best].result;
    --size;
    for (std::size_t i = best + 1; i < size; ++i) {
      tokens[i] = tokens[i + 1];
      merges[i - 1] = merges[i];
    }
    if (best > 0) look_up(best - 1);
    if (best + 1 < size) look_up(best);
  }
  tokens.resize(size);
}

void MergeTable::apply(std::vector<TokenId>& tokens) const {
  if (tokens.size() < 2) return;
  if (tokens.size() <= kFew) return apply_to_few(tokens);
  if (tokens.size() > std::numeric_limits<std::uint32_t>::max())
    throw Error(ExitCode::failed, "a word of more than 4 GiB cannot be tokenised");
  Piece(*this, tokens).merge_all();
}

}  // namespace aiops::train
