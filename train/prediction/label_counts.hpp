// SPDX-License-Identifier: Apache-2.0
// How well labels are told apart. Precision is the share of what was called a label that has it,
// recall the share of what has it that was called so, F1 their harmonic mean, 0 where nothing was
// right. Macro F1 is the mean over the labels that occur or were said: a frequent label does not
// hide a rare one.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aiops::train {

struct LabelScore {
  double precision = 0, recall = 0, f1 = 0;
  double support = 0;  // examples that have it
};

// Counts by label. They are doubles, exact up to 2^53, so that ranks can add them up.
class LabelCounts {
 public:
  explicit LabelCounts(std::size_t labels) : labels_(labels), counts_(3 * labels) {}

  void add(std::size_t label, std::size_t predicted);

  double accuracy() const;  // 0 of nothing
  double macro_f1() const;
  LabelScore score(std::size_t label) const;

  std::span<double> counts() { return counts_; }

 private:
  double right(std::size_t label) const { return counts_[label]; }
  double having(std::size_t label) const { return counts_[labels_ + label]; }
  double called(std::size_t label) const { return counts_[2 * labels_ + label]; }

  std::size_t labels_;
  std::vector<double> counts_;  // right, having, called
};

// The label of the largest output, the first of equals.
std::size_t most_likely(std::span<const float> outputs);

}  // namespace aiops::train
