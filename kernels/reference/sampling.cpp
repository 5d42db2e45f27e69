// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aiops::kernels::reference {

Numbers sampling(const Sampling& sampling, const Numbers& logits) {
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  Numbers probability(logits.size());
  if (sampling.temperature <= 0) {
    probability[order[0]] = 1;
    return probability;
  }
  if (sampling.top_k > 0 && count(sampling.top_k) < order.size())
    order.resize(count(sampling.top_k));
  const auto weight = [&](std::size_t token) {
    return std::exp((logits[token] - logits[order[0]]) / sampling.temperature);
  };
  double total = 0;
  for (const std::size_t token : order) total += weight(token);
  double reached = 0;
  double kept = 0;
  for (const std::size_t token : order) {
    if (kept > 0 && (reached >= sampling.top_p || weight(token) < sampling.min_p)) break;
    probability[token] = weight(token);
    kept += weight(token);
    reached = kept / total;
  }
  for (double& p : probability) p /= kept;
  return probability;
}

}  // namespace aiops::kernels::reference
