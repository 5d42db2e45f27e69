// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/sampling/sampling.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aiops::kernels::cuda {
namespace {

// Tokens that so small a share of the numbers picks are left to rounding.
constexpr double kLeastShare = 1e-4;

constexpr std::int64_t kThreads = 512;  // that take a token each in turns
constexpr std::int64_t kRows = 8;

// Most of the weight lies in another pair of warps in each row, and nearly all of the rest with the
// first thread: some of it on tokens of equal logits, of which two kinds are 0 in turns. Of the
// others every fifth repeats another.
Numbers logits_for(Trial& trial, std::int64_t row, std::int64_t vocab) {
  Numbers logits = trial.numbers<float>(vocab, 2);
  for (double& x : logits) x -= 9;
  for (std::size_t i = 4; i < logits.size(); i += 5) logits[i] = logits[i / 2];
  const auto set = [&](std::int64_t token, double logit) {
    if (token < vocab) logits[static_cast<std::size_t>(token)] = logit;
  };
  for (std::int64_t turn = 0; turn * kThreads < vocab; ++turn)
    set(turn * kThreads, (turn + row) % 2 == 0 ? 0 : 0.5);
  set(8 + row % 4 + row % 3 * kThreads, 0);
  set(row % 8 * 64 + 5, 2.5);
  return Trial::rounded<float>(logits);
}

// A row of logits, the number that picks from it, and the token that it picks.
struct Rows {
  Numbers logits, uniform;
  std::vector<std::int32_t> expected;

  void add(const Numbers& row, double number, std::size_t token) {
    logits.insert(logits.end(), row.begin(), row.end());
    uniform.push_back(number);
    expected.push_back(static_cast<std::int32_t>(token));
  }
  void ask(Trial& trial, const Sampling& sampling) const {
    const auto rows = static_cast<std::int64_t>(expected.size());
    const std::int64_t vocab = static_cast<std::int64_t>(logits.size()) / rows;
    auto* tokens = trial.rubbish<std::int32_t>("tokens", rows);
    trial.launched(sample(rows, vocab, sampling, trial.upload<float>("logits", logits),
                          trial.upload<float>("uniform", uniform), tokens, nullptr));
    trial.expect("tokens", tokens, expected);
  }
};

// The tokens, the most probable first.
std::vector<std::size_t> order_of(const Numbers& logits) {
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  return order;
}

// Asks for the last token that is kept in half of the rows, for others of the order in the rest:
// with a number from the middle of what picks it.
void draw(Trial& trial, std::int64_t vocab, const Sampling& sampling) {
  Rows rows;
  for (std::int64_t row = 0; row < kRows; ++row) {
    const Numbers logits = logits_for(trial, row, vocab);
    const Numbers shares = reference::sampling(sampling, logits);
    std::vector<std::size_t> order = order_of(logits);
    std::erase_if(order, [&](std::size_t token) { return shares[token] < kLeastShare; });
    const auto place =
        row % 4 < 2 ? order.size() - 1 : static_cast<std::size_t>(row) % order.size();
    double reached = 0;
    for (std::size_t i = 0; i < place; ++i) reached += shares[order[i]];
    rows.add(logits, reached + shares[order[place]] / 2, order[place]);
  }
  rows.ask(trial, sampling);
}

// The largest logit is one of each warp, and the first of each turn.
void take_largest(Trial& trial, std::int64_t vocab) {
  Rows rows;
  const auto take = [&](std::int64_t token) {
    Numbers logits = trial.numbers<float>(vocab);
    for (double& x : logits) x -= 9;
    logits[static_cast<std::size_t>(token % vocab)] = 0;
    rows.add(logits, 0.5, static_cast<std::size_t>(token % vocab));
  };
  for (std::int64_t warp = 0; warp < kThreads / 32; ++warp) take(warp * 32 + warp / 4 * kThreads);
  for (std::int64_t turn = 0; turn < 4; ++turn) take(turn * kThreads);
  rows.ask(trial, {.temperature = 0});
}

// So hot that all tokens weigh the same, for what exponentials are taken of is denormal: who counts
// one too many or too few picks another.
constexpr double kHot = 1e40;

// Equal logits: each is picked once.
void tell_apart(Trial& trial, std::size_t vocab, const std::vector<std::size_t>& equal) {
  Rows rows;
  for (std::size_t i = 0; i < equal.size(); ++i) {
    Numbers logits(vocab, -1);
    for (const std::size_t token : equal) logits[token] = 0;
    rows.add(logits, (static_cast<double>(i) + 0.5) / static_cast<double>(equal.size()), equal[i]);
  }
  rows.ask(trial, {.temperature = kHot, .top_k = static_cast<std::int64_t>(equal.size())});
}

// The number is all that the tokens before weigh, not a bit more: the next one is picked.
void meet_bounds(Trial& trial) {
  constexpr std::size_t kVocab = 1024;  // so that a float holds the number
  Rows rows;
  for (const std::size_t place : {1, 2, 3, 5, 100, 511, 512, 1023}) {
    const Numbers logits = trial.numbers<float>(kVocab);
    rows.add(logits, static_cast<double>(place) / kVocab, order_of(logits)[place]);
  }
  rows.ask(trial, {.temperature = kHot});
}

// The same of top_k and top_p: what they ask for begins behind the first token. The second one
// weighs 65538 and a half of 2^40ths of it, so that the largest share below 1 of both is, rounded
// down, one more of these than the first.
void meet_bounds_of_kept(Trial& trial) {
  constexpr double kNearlyAll = 1 - 0x1p-24;
  const double apart = std::log(65538.5 * 0x1p-40);
  Rows rows;
  for (const double first : {0.5, 0.25, 0.1, 0.03})
    rows.add({first, first + apart, first - 30}, kNearlyAll, 1);
  rows.ask(trial, {.top_k = 2, .top_p = kNearlyAll});
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
  // nvcc lets four turns be one: 1537 tokens are four of the first thread, 2049 are of all.
  for (const std::int64_t vocab : {1, 2, 511, 512, 1537, 2049})
    cases.push_back({case_name<float>("take the largest", {vocab}),
                     [=](Trial& trial) { take_largest(trial, vocab); }});
  for (const std::int64_t vocab : {1, 2, 512, 513}) add(vocab, {});
  add(513, {.temperature = 1.5, .top_k = 1});
  add(513, {.top_k = 2000});
  add(513, {.top_p = 1e-9});
  for (const std::int64_t vocab : {511, 1537, 2049})
    add(vocab, {.temperature = 1.5, .top_k = 40, .top_p = 0.9, .min_p = 0.02});
  add(511, {.min_p = 0.01});
  add(1537, {.temperature = 0.8, .top_k = 6, .min_p = 0.01});
  add(2049, {.min_p = 0.01});
  for (const double temperature : {1.0, kHot}) add(1537, {.temperature = temperature});
  for (const std::int64_t top_k : {2, 12}) add(1537, {.temperature = kHot, .top_k = top_k});
  for (const double top_p : {0.0012, 0.02, 0.3}) add(1537, {.temperature = kHot, .top_p = top_p});
  add(1537, {.temperature = kHot, .min_p = 1});
  // At the borders of what a scan over a block adds up, and at all places of the first and the last
  // thread.
  cases.push_back({"tell apart 511", [](Trial& trial) {
                     tell_apart(trial, 511, {0, 1, 2, 4, 8, 16, 32, 40, 64});
                   }});
  cases.push_back({"tell apart 4096", [](Trial& trial) {
                     tell_apart(trial, 4096, {0, 1, 2, 3, 7, 2048, 4092, 4093, 4094, 4095});
                   }});
  cases.push_back({"meet bounds", meet_bounds});
  cases.push_back({"meet bounds of what is kept", meet_bounds_of_kept});
  std::vector<std::int32_t> seen(513);
  std::iota(seen.begin(), seen.end(), 3);
  cases.push_back({"penalise 513", [=](Trial& trial) { penalise(trial, seen); }});
  cases.push_back({"penalise 1", [=](Trial& trial) { penalise(trial, {599}); }});
  return cases;
}

}  // namespace aiops::kernels::cuda
