// SPDX-License-Identifier: Apache-2.0
#include "train/windows.hpp"

#include "base/error.hpp"
#include "train/permutation.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace aiops::train {
namespace {

constexpr std::uint64_t kSplit = 0;  // the stream of the split; epoch e has stream e + 1

}  // namespace

Windows::Windows(std::span<const std::int32_t> tokens, std::int64_t length, double validation,
                 std::uint64_t seed)
    : tokens_(tokens), length_(static_cast<std::uint64_t>(length)), seed_(seed) {
  // The last token of a window's targets is the first of the next window.
  const std::uint64_t all = tokens.empty() ? 0 : (tokens.size() - 1) / length_;
  if (validation > 0)
    validation_ = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::llround(static_cast<double>(all) * validation)));
  if (all < validation_ + 1)
    throw Error(ExitCode::failed,
                "the data is too small: " + std::to_string(tokens.size()) + " tokens make " +
                    std::to_string(all) + " windows of " + std::to_string(length),
                "give more text, or set batch.length lower");
  training_ = all - validation_;
}

// Places 0 … training-1 of the split's shuffle are for training, the rest for validation.
void Windows::read_training(std::uint64_t first, std::int64_t count, Rows& rows) const {
  rows.tokens.clear();
  rows.targets.clear();
  const Permutation split(training_ + validation_, mix(seed_, kSplit));
  for (std::uint64_t row = first; row < first + static_cast<std::uint64_t>(count); ++row) {
    const auto [epoch, index] = position(row);
    const Permutation order(training_, mix(seed_, epoch + 1));
    append(split(order(index)), rows);
  }
}

void Windows::read_validation(std::uint64_t first, std::int64_t count, Rows& rows) const {
  rows.tokens.clear();
  rows.targets.clear();
  const Permutation split(training_ + validation_, mix(seed_, kSplit));
  for (std::uint64_t row = first; row < first + static_cast<std::uint64_t>(count); ++row)
    append(split(training_ + row), rows);
}

void Windows::append(std::uint64_t window, Rows& rows) const {
  const auto here = tokens_.subspan(window * length_, length_ + 1);
  rows.tokens.insert(rows.tokens.end(), here.begin(), here.end() - 1);
  rows.targets.insert(rows.targets.end(), here.begin() + 1, here.end());
}

}  // namespace aiops::train
