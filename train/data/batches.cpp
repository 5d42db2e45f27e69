// SPDX-License-Identifier: Apache-2.0
#include "train/data/batches.hpp"

#include "train/data/permutation.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

constexpr std::uint64_t kSplit = 0;  // the stream of the split; epoch e has stream e + 1

}  // namespace

void Rows::clear() {
  tokens.clear();
  targets.clear();
  positions.clear();
  values.clear();
}

std::int64_t Rows::counted() const {
  return std::ranges::count_if(targets, [](std::int32_t target) { return target >= 0; });
}

Batch Rows::batch(std::int64_t first, std::int64_t count, std::int64_t length) const {
  const auto begin = static_cast<std::size_t>(first * length);
  const auto size = static_cast<std::size_t>(count * length);
  return {.rows = count,
          .length = length,
          .tokens = std::span(tokens).subspan(begin, size),
          .targets = std::span(targets).subspan(begin, size),
          .positions = positions.empty() ? std::span<const std::int32_t>()
                                         : std::span(positions).subspan(begin, size),
          .values = values};
}

bool Batches::split(std::uint64_t rows, double validation, std::uint64_t seed) {
  seed_ = seed;
  const auto share =
      static_cast<std::uint64_t>(std::llround(static_cast<double>(rows) * validation));
  validation_ = validation > 0 ? std::max<std::uint64_t>(1, share) : 0;
  if (rows < validation_ + 1) return false;
  training_ = rows - validation_;
  return true;
}

// Places 0 … training-1 of the split's shuffle are for training, the rest for validation.
void Batches::read_training(std::uint64_t first, std::int64_t count, Rows& rows) const {
  rows.clear();
  const Permutation split(training_ + validation_, mix(seed_, kSplit));
  for (std::uint64_t row = first; row < first + static_cast<std::uint64_t>(count); ++row) {
    const auto [epoch, index] = position(row);
    const Permutation order(training_, mix(seed_, epoch + 1));
    append(split(order(index)), rows);
  }
}

void Batches::read_validation(std::uint64_t first, std::int64_t count, Rows& rows) const {
  rows.clear();
  const Permutation split(training_ + validation_, mix(seed_, kSplit));
  for (std::uint64_t row = first; row < first + static_cast<std::uint64_t>(count); ++row)
    append(split(training_ + row), rows);
}

}  // namespace aiops::train
