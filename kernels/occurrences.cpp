// SPDX-License-Identifier: Apache-2.0
#include "kernels/occurrences.hpp"

#include <algorithm>
#include <numeric>

namespace aiops::kernels {

void find_occurrences(std::span<const std::int32_t> tokens, Occurrences& found) {
  const auto token_at = [&](std::int32_t place) { return tokens[static_cast<std::size_t>(place)]; };
  found.tokens.clear();
  found.starts.clear();
  found.places.resize(tokens.size());
  std::iota(found.places.begin(), found.places.end(), 0);
  std::sort(found.places.begin(), found.places.end(), [&](std::int32_t a, std::int32_t b) {
    return token_at(a) != token_at(b) ? token_at(a) < token_at(b) : a < b;
  });
  for (std::size_t k = 0; k < found.places.size(); ++k) {
    const std::int32_t token = token_at(found.places[k]);
    if (!found.tokens.empty() && found.tokens.back() == token) continue;
    found.tokens.push_back(token);
    found.starts.push_back(static_cast<std::int32_t>(k));
  }
  found.starts.push_back(static_cast<std::int32_t>(tokens.size()));
}

Occurrences occurrences_of(std::span<const std::int32_t> tokens) {
  Occurrences found;
  find_occurrences(tokens, found);
  return found;
}

}  // namespace aiops::kernels
