// SPDX-License-Identifier: Apache-2.0
// Predictions held against the truth.
#pragma once

#include "train/prediction/label_counts.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace aiops::train {

class LabelJudgement {
 public:
  explicit LabelJudgement(std::size_t labels) : counts_(labels) {}

  // One example that has this label, and the logits of all.
  void add(std::size_t label, std::span<const float> logits);

  const LabelCounts& counts() const { return counts_; }
  double loss() const { return losses_ / static_cast<double>(examples_); }  // mean cross-entropy
  // How many examples of a label were called by that or another.
  std::uint64_t called(std::size_t label, std::size_t said) const;

 private:
  LabelCounts counts_;
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> confusion_;
  double losses_ = 0;
  std::uint64_t examples_ = 0;
};

struct ValueJudgement {
  double mse = 0, mae = 0;
  // 1 - the squared errors by the squares around the mean; nothing when the truth does not vary.
  std::optional<double> r2;
  std::optional<double> pearson;  // nothing when either does not vary
};

// One for each of `width` numbers; truth and predictions hold so many an example.
std::vector<ValueJudgement> judge_values(std::size_t width, std::span<const float> truth,
                                         std::span<const float> predictions);

// Each figure's mean; nothing where one of them has none.
ValueJudgement mean_of(std::span<const ValueJudgement> each);

}  // namespace aiops::train
