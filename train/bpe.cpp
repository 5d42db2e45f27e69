// SPDX-License-Identifier: Apache-2.0
// The tokens of a piece are a doubly linked list over an array; the possible merges wait in a heap
// ordered by rank, then place. A merge makes at most two new candidates. Candidates that an earlier
// merge has overtaken are recognised when they surface: their two tokens are no longer there.
#include "train/bpe.hpp"

#include <queue>
#include <tuple>

namespace aiops::train {
namespace {

constexpr std::int32_t kNone = -1;

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

void MergeTable::add(TokenPair pair, TokenId result) {
  merges_.try_emplace(key_of(pair), Merge{static_cast<std::uint32_t>(merges_.size()), result});
}

const MergeTable::Merge* MergeTable::find(TokenPair pair) const {
  const auto found = merges_.find(key_of(pair));
  return found == merges_.end() ? nullptr : &found->second;
}

void MergeTable::apply(std::vector<TokenId>& tokens) const {
  if (tokens.size() < 2) return;
  Piece piece(*this, tokens);
  piece.merge_all();
  piece.write(tokens);
}

}  // namespace aiops::train
