// SPDX-License-Identifier: Apache-2.0
#include "train/prediction/label_counts.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

void LabelCounts::add(std::size_t label, std::size_t predicted) {
  if (label == predicted) ++counts_[label];
  ++counts_[labels_ + label];
  ++counts_[2 * labels_ + predicted];
}

double LabelCounts::accuracy() const {
  double hits = 0, all = 0;
  for (std::size_t label = 0; label < labels_; ++label) {
    hits += right(label);
    all += having(label);
  }
  return share(hits, all);
}

double LabelCounts::macro_f1() const {
  double sum = 0, counted = 0;
  for (std::size_t label = 0; label < labels_; ++label) {
    if (having(label) + called(label) == 0) continue;
    sum += score(label).f1;
    ++counted;
  }
  return share(sum, counted);
}

LabelScore LabelCounts::score(std::size_t label) const {
  return {.precision = share(right(label), called(label)),
          .recall = share(right(label), having(label)),
          .f1 = share(2 * right(label), having(label) + called(label)),
          .support = having(label)};
}

std::size_t most_likely(std::span<const float> outputs) {
  return static_cast<std::size_t>(std::ranges::max_element(outputs) - outputs.begin());
}

}  // namespace aiops::train
