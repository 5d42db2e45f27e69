// SPDX-License-Identifier: Apache-2.0
// Labels are names. What the data writes is one of them, or, where none is called so, its number
// counted from 0.
#pragma once

#include "train/data/examples.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace aiops::train {

// The names that the data itself uses, in an order that does not depend on that of the examples:
// by value when all are numbers, else by their bytes. Throws Error{failed} when there are more than
// kMostLabels.
std::vector<std::string> labels_in(const Examples& examples);

// The index of the label that a word means; -1 when it means none.
std::int32_t label_id(const LabelWord& word, std::span<const std::string> labels);

// That of every example. Throws Error{failed} naming file and line of the first whose label is
// none.
std::vector<std::int32_t> label_ids(const Examples& examples, std::span<const std::string> labels);

}  // namespace aiops::train
