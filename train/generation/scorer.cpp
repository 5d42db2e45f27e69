// SPDX-License-Identifier: Apache-2.0
#include "train/generation/scorer.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace aiops::train {
namespace {

// Enough rows for efficient products, few enough for small activations.
constexpr std::size_t kTokensAtOnce = 1024;

}  // namespace

Scorer::Scorer(Model& model, std::function<void(double)> hear)
    : model_(model), hear_(std::move(hear)) {}

void Scorer::add(std::span<const std::int32_t> tokens, std::size_t first) {
  const std::size_t longest = std::max(longest_, tokens.size() - 1);
  if (!rows_.empty() && (rows_.size() + 1) * longest > kTokensAtOnce) finish();
  rows_.push_back({{tokens.begin(), tokens.end()}, first});
  longest_ = std::max(longest_, tokens.size() - 1);
}

// Padding stands behind a row, where attention never looks, and counts nothing.
void Scorer::finish() {
  if (rows_.empty()) return;
  std::vector<std::int32_t> inputs(rows_.size() * longest_, 0);
  std::vector<std::int32_t> targets(rows_.size() * longest_, -1);
  std::vector<float> losses(targets.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto& [tokens, first] = rows_[i];
    const auto at = static_cast<std::ptrdiff_t>(i * longest_);
    std::copy(tokens.begin(), tokens.end() - 1, inputs.begin() + at);
    const auto counted = static_cast<std::ptrdiff_t>(first);
    std::copy(tokens.begin() + counted, tokens.end(), targets.begin() + at + counted - 1);
  }
  model_.loss({.rows = static_cast<std::int64_t>(rows_.size()),
               .length = static_cast<std::int64_t>(longest_),
               .tokens = inputs,
               .targets = targets},
              losses);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto row = std::span(losses).subspan(i * longest_, longest_);
    const double loss = std::accumulate(row.begin(), row.end(), 0.0);
    if (std::isnan(loss))
      throw Error(ExitCode::failed, "the model gives no numbers: its weights are damaged");
    hear_(loss);
  }
  rows_.clear();
  longest_ = 0;
}

}  // namespace aiops::train
