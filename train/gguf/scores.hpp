// SPDX-License-Identifier: Apache-2.0
// SentencePiece's BPE knows no merges: of all neighbours that together are a token it joins those
// whose token has the highest score, the leftmost first. tokenizer.json lists merges. Each way of
// cutting a token into two tokens is a merge, as early as the token's score is high; back again,
// merges are scores where each token's follow one another and no cut is missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace aiops::train {

// Longer tokens are refused: each cut of a token is looked at.
inline constexpr std::size_t kLongestScoredToken = 1024;

struct ScoredToken {
  std::string text;
  double score = 0;
};

struct RankedMerges {
  std::vector<std::pair<std::string, std::string>> merges;  // best first
  std::vector<std::uint32_t> ranks;                         // equal for equal scores
};

// The tokens have different texts.
RankedMerges merges_of_scores(std::span<const ScoredToken> tokens);

// Scores, by the place in `texts`, that give these merges; tokens that no merge makes come last.
// Nothing when no scores do.
std::optional<std::vector<float>> scores_of_merges(
    std::span<const std::string> texts,
    std::span<const std::pair<std::string, std::string>> merges);

}  // namespace aiops::train
