// SPDX-License-Identifier: Apache-2.0
#include "train/prediction/measure.hpp"

#include <fmt/format.h>

namespace aiops::train {

std::string told(const std::vector<Measure>& measures) {
  std::string text;
  for (const Measure& measure : measures)
    text += fmt::format(", {} {:.4f}", measure.name, measure.value);
  return text;
}

}  // namespace aiops::train
