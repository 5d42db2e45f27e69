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

struct LabelJudgement {
  LabelCounts counts;
  // How many examples of a label, the first, were called by another or the same, the second.
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> confusion;
  double loss = 0;  // mean cross-entropy
};

// `logits` are those of every example, one for each of so many labels.
LabelJudgement judge_labels(std::size_t labels, std::span<const std::int32_t> truth,
                            std::span<const float> logits);

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
