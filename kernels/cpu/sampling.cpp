// SPDX-License-Identifier: Apache-2.0
#include "kernels/sampling.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::kernels {
namespace {

bool before(const Candidate& a, const Candidate& b) {
  return a.probability != b.probability ? a.probability > b.probability : a.token < b.token;
}

void normalise(std::vector<Candidate>& candidates) {
  double sum = 0;
  for (const Candidate& c : candidates) sum += c.probability;
  for (Candidate& c : candidates) c.probability /= sum;
}

// The shortest prefix that reaches `mass`; at least one token.
void keep_mass(std::vector<Candidate>& candidates, double mass) {
  double sum = 0;
  std::size_t kept = 0;
  while (kept < candidates.size() && (kept == 0 || sum < mass))
    sum += candidates[kept++].probability;
  candidates.resize(kept);
}

// Those with at least `share` of the first one's probability.
void keep_share(std::vector<Candidate>& candidates, double share) {
  const double least = share * candidates.front().probability;
  std::size_t kept = candidates.size();
  while (kept > 1 && candidates[kept - 1].probability < least) --kept;
  candidates.resize(kept);
}

}  // namespace

std::int32_t most_probable(std::span<const float> logits) {
  return static_cast<std::int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

void candidates_of(std::span<const float> logits, const Sampling& sampling,
                   std::vector<Candidate>& candidates) {
  if (sampling.temperature <= 0) {
    candidates.assign(1, {most_probable(logits), 1.0});
    return;
  }
  candidates.resize(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i)
    candidates[i] = {static_cast<std::int32_t>(i), static_cast<double>(logits[i])};
  const std::size_t kept =
      sampling.top_k > 0 ? std::min(candidates.size(), static_cast<std::size_t>(sampling.top_k))
                         : candidates.size();
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(kept),
                    candidates.end(), before);
  candidates.resize(kept);
  const double top = candidates.front().probability;
  for (Candidate& c : candidates)
    c.probability = std::exp((c.probability - top) / sampling.temperature);
  normalise(candidates);
  if (sampling.top_p < 1) keep_mass(candidates, sampling.top_p);
  if (sampling.min_p > 0) keep_share(candidates, sampling.min_p);
  if (candidates.size() < kept) normalise(candidates);
}

void penalise_repetition(std::span<const std::int32_t> seen, double penalty,
                         std::span<float> logits) {
  if (penalty == 1) return;
  std::vector<std::int32_t> tokens(seen.begin(), seen.end());
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  for (const std::int32_t token : tokens) {
    float& logit = logits[static_cast<std::size_t>(token)];
    const double value = static_cast<double>(logit);
    logit = static_cast<float>(value > 0 ? value / penalty : value * penalty);
  }
}

std::int32_t pick(std::span<const Candidate> candidates, double uniform) {
  double sum = 0;
  for (const Candidate& c : candidates) {
    sum += c.probability;
    if (uniform < sum) return c.token;
  }
  return candidates.back().token;  // rounding left the sum just below `uniform`
}

}  // namespace aiops::kernels
