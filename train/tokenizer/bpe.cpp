// SPDX-License-Identifier: Apache-2.0
// The tokens of a piece are a doubly linked list over an array; the possible merges wait in a heap
// ordered by rank, then place. A merge makes at most two new candidates. Candidates that an earlier
// merge has overtaken are recognised when they surface: their two tokens are no longer there. Most
// pieces are words of a few bytes: for these, looking through all pairs again is faster.
#include "train/tokenizer/bpe.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <queue>
#include <tuple>

namespace aiops::train {
namespace {

constexpr std::int32_t kNone = -1;
constexpr std::uint64_t kNoPair = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t kNoRank = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kFew = 32;

struct Node {
  TokenId token;
  std::int32_t before;
  std::int32_t after;
};

struct Candidate {
  std::uint32_t rank;
  std::int32_t left;  // index of the left node
  TokenPair pair;     // what it was when it was proposed
  TokenId result;

  bool operator<(const Candidate& other) const {  // std::priority_queue keeps the largest on top
    return std::tie(rank, left) > std::tie(other.rank, other.left);
  }
};

class Piece {
 public:
  Piece(const MergeTable& table, const std::vector<TokenId>& tokens) : table_(table) {
    const auto count = static_cast<std::int32_t>(tokens.size());
    nodes_.reserve(tokens.size());
    for (std::int32_t i = 0; i < count; ++i)
      nodes_.push_back({tokens[static_cast<std::size_t>(i)], i - 1, i + 1 < count ? i + 1 : kNone});
    for (std::int32_t i = 0; i + 1 < count; ++i) propose(i);
  }

  void merge_all() {
    while (!candidates_.empty()) {
      const Candidate best = candidates_.top();
      candidates_.pop();
      if (is_current(best)) merge(best);
    }
  }

  void write(std::vector<TokenId>& tokens) const {
    tokens.clear();
    for (std::int32_t i = 0; i != kNone; i = node(i).after) tokens.push_back(node(i).token);
  }

 private:
  Node& node(std::int32_t i) { return nodes_[static_cast<std::size_t>(i)]; }
  const Node& node(std::int32_t i) const { return nodes_[static_cast<std::size_t>(i)]; }

  bool is_current(const Candidate& candidate) const {
    const Node& left = node(candidate.left);
    return left.token == candidate.pair.first && left.after != kNone &&
           node(left.after).token == candidate.pair.second;
  }

  void propose(std::int32_t left) {
    const TokenPair pair{node(left).token, node(node(left).after).token};
    if (const auto* merge = table_.find(pair))
      candidates_.push({merge->rank, left, pair, merge->result});
  }

  void merge(const Candidate& best) {
    Node& left = node(best.left);
    Node& right = node(left.after);
    left.token = best.result;
    left.after = right.after;
    right.token = kNone;  // no candidate has this token
    if (left.after != kNone) {
      node(left.after).before = best.left;
      propose(best.left);
    }
    if (left.before != kNone) propose(left.before);
  }

  const MergeTable& table_;
  std::vector<Node> nodes_;
  std::priority_queue<Candidate> candidates_;
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

void MergeTable::add(TokenPair pair, TokenId result) {
  reserve(size_ + 1);
  Slot& slot = slots_[slot_of(key_of(pair))];
  if (slot.key == kNoPair) ++size_;
  slot = {key_of(pair), {next_rank_++, result}};
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
  Piece piece(*this, tokens);
  piece.merge_all();
  piece.write(tokens);
}

}  // namespace aiops::train
