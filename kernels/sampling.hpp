// SPDX-License-Identifier: Apache-2.0
// From logits to the next token. On the calling thread: one row of a vocabulary.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace aiops::kernels {

struct Sampling {
  double temperature = 1;  // 0: always the most probable token
  std::int64_t top_k = 0;  // keep the k most probable; 0: all
  double top_p = 1;        // keep the fewest tokens whose probabilities reach p; 1: all
  double min_p = 0;        // keep tokens with at least this share of the best one's probability
};

struct Candidate {
  std::int32_t token = 0;
  double probability = 0;
};

// The tokens that may follow, most probable first (equal ones by token), with their probabilities
// after temperature, top_k, top_p and min_p in that order, summing to 1. `candidates` is
// overwritten; its memory is reused from call to call. logits must not be empty.
void candidates_of(std::span<const float> logits, const Sampling& sampling,
                   std::vector<Candidate>& candidates);

// Makes every token of `seen` less probable, once however often it is there: its logit is divided
// by the penalty when positive, multiplied by it when not. A penalty of 1 changes nothing.
void penalise_repetition(std::span<const std::int32_t> seen, double penalty,
                         std::span<float> logits);

// The token that `uniform` in [0, 1) picks.
std::int32_t pick(std::span<const Candidate> candidates, double uniform);

// The token with the largest logit, the first of equal ones.
std::int32_t most_probable(std::span<const float> logits);

}  // namespace aiops::kernels
