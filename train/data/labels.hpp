// SPDX-License-Identifier: Apache-2.0
// Labels are names. What the data writes is one of them, or, where none is called so, its number
// counted from 0.
#pragma once

#include "train/data/examples.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aiops::train {

// The names that the data itself uses, in an order that does not depend on that of the examples:
// by value when all are numbers, else by their bytes. Throws Error{failed} when there are more than
// kMostLabels.
std::vector<std::string> labels_in(const Examples& examples);

// Which label a word means.
class LabelIndex {
 public:
  // The labels must outlive this.
  explicit LabelIndex(std::span<const std::string> labels);
  // Its index; -1 when it means none.
  std::int32_t find(const LabelWord& word) const;

 private:
  std::unordered_map<std::string_view, std::int32_t> ids_;
};

// That of every example. Throws Error{failed} naming file and line of the first whose label is
// none.
std::vector<std::int32_t> label_ids(const Examples& examples, std::span<const std::string> labels);

}  // namespace aiops::train
