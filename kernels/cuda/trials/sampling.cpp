// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/sampling/sampling.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/sampling.hpp"

#include <algorithm>
#include <numeric>

namespace aiops::kernels::cuda {
namespace {

// Tokens that so small a share of the numbers picks are left to rounding.
constexpr double kLeastShare = 1e-4;

// Logits of which every fifth repeats another.
Numbers logits_for(Trial& trial, std::int64_t vocab) {
  Numbers logits = trial.numbers<float>(vocab, 2);
  for (std::size_t i = 4; i < logits.size(); i += 5) logits[i] = logits[i / 2];
  return logits;
}

// Asks for tokens with numbers from the middle of what picks each.
void draw(Trial& trial, std::int64_t vocab, const Sampling& sampling) {
  const Numbers logits = logits_for(trial, vocab);
  const Numbers shares = reference::sampling(sampling, logits);
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  Numbers uniform;
  std::vector<std::int32_t> expected;
  double reached = 0;
  for (const std::size_t token : order) {
    if (shares[token] >= kLeastShare && expected.size() < 12) {
      uniform.push_back(reached + shares[token] / 2);
      expected.push_back(static_cast<std::int32_t>(token));
    }
    reached += shares[token];
  }
  Numbers rows;
  for (std::size_t i = 0; i < expected.size(); ++i)
    rows.insert(rows.end(), logits.begin(), logits.end());
  const auto count = static_cast<std::int64_t>(expected.size());
  auto* tokens = trial.rubbish<std::int32_t>("tokens", count);
  trial.launched(sample(count, vocab, sampling, trial.upload<float>("logits", rows),
                        trial.upload<float>("uniform", uniform), tokens, nullptr));
  trial.expect("tokens", tokens, expected);
}

void penalise(Trial& trial, const std::vector<std::int32_t>& seen) {
  Numbers logits = trial.numbers<float>(600);
  auto* there = trial.upload<float>("logits", logits);
  trial.launched(penalise_repetition(static_cast<std::int64_t>(seen.size()),
                                     trial.upload("seen", seen), 1.25, there, nullptr));
  for (const std::int32_t token : seen) {
    double& logit = logits[static_cast<std::size_t>(token)];
    logit = logit > 0 ? logit / 1.25 : logit * 1.25;
  }
  trial.expect("logits", there, logits, 1e-6);
}

}  // namespace

std::vector<Case> sampling_cases() {
  std::vector<Case> cases;
  const auto add = [&](std::int64_t vocab, const Sampling& sampling) {
    cases.push_back(
        {case_name<float>("draw", {vocab}), [=](Trial& trial) { draw(trial, vocab, sampling); }});
  };
  for (const std::int64_t vocab : {1, 2, 511, 512, 513, 1025}) {
    add(vocab, {.temperature = 0});
    add(vocab, {});
  }
  add(513, {.temperature = 0.5, .top_k = 5});
  add(513, {.temperature = 1.5, .top_k = 1});
  add(513, {.top_k = 2000});
  add(513, {.top_p = 0.3});
  add(513, {.top_p = 1e-9});
  add(513, {.min_p = 0.4});
  add(513, {.temperature = 0.8, .top_k = 20, .top_p = 0.7, .min_p = 0.2});
  std::vector<std::int32_t> seen(513);
  std::iota(seen.begin(), seen.end(), 3);
  cases.push_back({"penalise 513", [=](Trial& trial) { penalise(trial, seen); }});
  cases.push_back({"penalise 1", [=](Trial& trial) { penalise(trial, {599}); }});
  return cases;
}

}  // namespace aiops::kernels::cuda
