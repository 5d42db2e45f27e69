// SPDX-License-Identifier: Apache-2.0
#include "kernels/occurrences.hpp"

#include <algorithm>
#include <numeric>

namespace aiops::kernels {

Occurrences occurrences_of(std::span<const std::int32_t> tokens) {
  Occurrences found;
  found.places.resize(tokens.size());
  std::iota(found.places.begin(), found.places.end(), 0);
  std::stable_sort(found.places.begin(), found.places.end(), [&](std::int32_t a, std::int32_t b) {
    return tokens[static_cast<std::size_t>(a)] < tokens[static_cast<std::size_t>(b)];
  });
  for (std::size_t k = 0; k < found.places.size(); ++k) {
    const std::int32_t token = tokens[static_cast<std::size_t>(found.places[k])];
    if (!found.tokens.empty() && found.tokens.back() == token) continue;
    found.tokens.push_back(token);
    found.starts.push_back(static_cast<std::int32_t>(k));
  }
  found.starts.push_back(static_cast<std::int32_t>(tokens.size()));
  return found;
}

}  // namespace aiops::kernels
