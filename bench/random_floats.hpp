// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace aiops::bench {

// Evenly spread from -1 to 1.
inline std::vector<float> random_floats(std::int64_t count, std::mt19937_64& random) {
  std::vector<float> floats(static_cast<std::size_t>(count));
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  std::generate(floats.begin(), floats.end(), [&] { return uniform(random); });
  return floats;
}

}  // namespace aiops::bench
