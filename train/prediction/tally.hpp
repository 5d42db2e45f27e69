// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/model/model.hpp"
#include "train/prediction/label_counts.hpp"
#include "train/prediction/measure.hpp"
#include "train/ranks/collective.hpp"

#include <optional>
#include <vector>

namespace aiops::train {

// What a validation counts, batch by batch: the losses of any model, and of one that predicts
// labels or numbers how good it is at that.
class Tally {
 public:
  explicit Tally(const ModelHead& head);

  void add(Model& model, const Batch& batch);
  void sum_over(Collective& ranks);

  // The mean over the counted targets; nothing when there was none.
  std::optional<double> loss() const;
  // "accuracy" and "f1", or "mae" and "mse"; none of a language model.
  std::vector<Measure> measures() const;

 private:
  void add_labels(const Batch& batch);
  void add_values(const Batch& batch);

  HeadKind kind_;
  std::size_t outputs_;
  std::vector<float> predicted_;  // of the last batch
  double losses_ = 0, counted_ = 0;
  double apart_ = 0;  // of a regression: the sum of the absolute errors
  LabelCounts labels_;
};

}  // namespace aiops::train
