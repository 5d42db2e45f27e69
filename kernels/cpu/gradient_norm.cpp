// SPDX-License-Identifier: Apache-2.0
#include "kernels/gradient_norm.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/rows.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>
#include <array>

namespace aiops::kernels {
namespace {

constexpr std::int64_t kMostPieces = 1024;
constexpr std::int64_t kSmallestPiece = 16384;

AIOPS_CLONES double sum_of_squares(std::int64_t count, const float* x) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i)
    sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return sum;
}

}  // namespace

double squared_norm(std::span<const float> values, ThreadPool& threads) {
  const auto count = static_cast<std::int64_t>(values.size());
  const std::int64_t grain = std::max(kSmallestPiece, (count + kMostPieces - 1) / kMostPieces);
  std::array<double, kMostPieces> sums{};
  for_each_chunk(threads, count, grain, [&](std::int64_t begin, std::int64_t end) {
    sums[static_cast<std::size_t>(begin / grain)] =
        sum_of_squares(end - begin, values.data() + begin);
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace aiops::kernels
