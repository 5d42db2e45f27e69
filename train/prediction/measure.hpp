// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace aiops::train {

// Something that says how well a model does, by the name under which it is told: "accuracy".
struct Measure {
  std::string name;
  double value = 0;
  bool operator==(const Measure&) const = default;
};

// ", accuracy 0.9312, f1 0.9287"; empty when there are none.
std::string told(const std::vector<Measure>& measures);

}  // namespace aiops::train
