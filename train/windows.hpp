// SPDX-License-Identifier: Apache-2.0
// Which tokens a step sees. The stream is cut into windows of `length` tokens; a shuffle keyed by
// the seed sets some aside for validation; every epoch reads the others in an order of its own.
// Step s takes rows s·n … s·n + n - 1 of the endless sequence of epochs: the position in the data
// is the pair (epoch, index), computed from the step.
#pragma once

#include "train/model.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace aiops::train {

struct DataPosition {
  std::uint64_t epoch = 0;
  std::uint64_t index = 0;  // windows read of that epoch
};

// Rows of tokens with their targets, filled in place.
struct Rows {
  std::vector<std::int32_t> tokens;
  std::vector<std::int32_t> targets;
  Batch batch(std::int64_t rows, std::int64_t length) const {
    return {rows, length, tokens, targets};
  }
};

class Windows {
 public:
  // Throws Error{failed} when the tokens do not fill one window for training and, unless
  // `validation` is 0, one for validation. `tokens` must outlive this.
  Windows(std::span<const std::int32_t> tokens, std::int64_t length, double validation,
          std::uint64_t seed);

  std::uint64_t training() const { return training_; }      // windows
  std::uint64_t validation() const { return validation_; }  // windows
  DataPosition position(std::uint64_t row) const { return {row / training_, row % training_}; }

  // Rows `first` … `first + count - 1` of the endless training sequence.
  void read_training(std::uint64_t first, std::int64_t count, Rows& rows) const;
  // Validation windows `first` … ; at most validation().
  void read_validation(std::uint64_t first, std::int64_t count, Rows& rows) const;

 private:
  void append(std::uint64_t window, Rows& rows) const;

  std::span<const std::int32_t> tokens_;
  std::uint64_t length_;
  std::uint64_t seed_;
  std::uint64_t training_ = 0;
  std::uint64_t validation_ = 0;
};

}  // namespace aiops::train
