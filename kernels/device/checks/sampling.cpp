// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/sampling.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace aiops::kernels::device {
namespace {

// Tokens that so small a share of the numbers picks are left to rounding.
constexpr double kLeastShare = 1e-4;
constexpr std::size_t kMostRows = 12;

// Draws every likely token with a number from the middle of what picks it.
void draw(Workbench& bench, std::int64_t vocab, const Sampling& sampling, const char* how) {
  const Numbers logits = bench.numbers(vocab, Type::fp32);
  const Numbers shares = reference::sampling(sampling, logits);
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  Numbers uniform, expected, rows;
  double reached = 0;
  for (const std::size_t token : order) {
    if (shares[token] >= kLeastShare && expected.size() < kMostRows) {
      uniform.push_back(reached + shares[token] / 2);
      expected.push_back(static_cast<double>(token));
      rows.insert(rows.end(), logits.begin(), logits.end());
    }
    reached += shares[token];
  }
  const auto count = static_cast<std::int64_t>(expected.size());
  const Array there = bench.put(rows, Type::fp32);
  const Array there_uniform = bench.put(uniform, Type::fp32);
  const Array tokens = bench.room(count, Type::int32);
  const aiops_sampling parameters{.rows = count,
                                  .vocab = vocab,
                                  .temperature = sampling.temperature,
                                  .top_p = sampling.top_p,
                                  .min_p = sampling.min_p,
                                  .top_k = sampling.top_k,
                                  .logits = there.floats(),
                                  .uniform = there_uniform.floats(),
                                  .tokens = tokens.as<std::int32_t>()};
  bench.check(fmt::format("{} rows of {}, {}", count, vocab, how), Type::fp32, parameters,
              {{tokens, expected}});
}

void penalise(Workbench& bench) {
  Numbers logits = bench.numbers(600, Type::fp32);
  const Array there = bench.put(logits, Type::fp32);
  const std::vector<std::int32_t> seen{0, 7, 599};
  const Array there_seen = bench.put(seen);
  for (const std::int32_t token : seen) {
    double& logit = logits[static_cast<std::size_t>(token)];
    logit = logit > 0 ? logit / 1.25 : logit * 1.25;
  }
  const aiops_repetition_penalty parameters{.count = there_seen.count(),
                                            .penalty = 1.25,
                                            .seen = there_seen.as<std::int32_t>(),
                                            .logits = there.floats()};
  bench.check("3 of 600 tokens", Type::fp32, parameters, {{there, logits}});
}

}  // namespace

void check_sampling(Workbench& bench) {
  draw(bench, 513, {.temperature = 0}, "the best");
  draw(bench, 513, {}, "all");
  draw(bench, 1025, {.temperature = 0.8, .top_k = 20, .top_p = 0.7, .min_p = 0.2}, "some");
  penalise(bench);
}

}  // namespace aiops::kernels::device
