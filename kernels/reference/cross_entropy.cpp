// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/cross_entropy.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::kernels::reference {
namespace {

double logsumexp(const CrossEntropy& shape, const ConstGrid& logits, std::int64_t row) {
  double most = logits(row, 0);
  for (std::int64_t c = 0; c < shape.vocab; ++c) most = std::max(most, logits(row, c));
  double sum = 0;
  for (std::int64_t c = 0; c < shape.vocab; ++c) sum += std::exp(logits(row, c) - most);
  return most + std::log(sum);
}

}  // namespace

Numbers cross_entropy(const CrossEntropy& shape, std::span<const std::int32_t> targets,
                      const Numbers& logits) {
  const ConstGrid L(logits, shape.vocab);
  Numbers losses;
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const std::int32_t target = targets[count(row)];
    losses.push_back(target < 0 ? 0 : logsumexp(shape, L, row) - L(row, target));
  }
  return losses;
}

std::vector<Numbers> cross_entropy_gradient(const CrossEntropy& shape,
                                            std::span<const std::int32_t> targets,
                                            const Numbers& logits, const Numbers& loss_gradient) {
  const ConstGrid L(logits, shape.vocab);
  Numbers dlogits(logits.size());
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const std::int32_t target = targets[count(row)];
    if (target < 0) continue;
    const double normaliser = logsumexp(shape, L, row);
    for (std::int64_t c = 0; c < shape.vocab; ++c) {
      const double softmax = std::exp(L(row, c) - normaliser);
      Grid(dlogits, shape.vocab)(row, c) =
          loss_gradient[count(row)] * (softmax - (c == target ? 1 : 0));
    }
  }
  return {dlogits};
}

}  // namespace aiops::kernels::reference
