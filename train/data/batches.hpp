// SPDX-License-Identifier: Apache-2.0
// Which rows a step sees. Some source of rows (a stream cut into windows, packed documents,
// conversations) has a number of them; a shuffle keyed by the seed sets some aside for validation;
// every epoch reads the others in an order of its own. Step s takes rows s·n … s·n + n - 1 of the
// endless sequence of epochs: the position in the data is the pair (epoch, index), computed from
// the step, and what a row holds is a pure function of it.
#pragma once

#include "train/model/model.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace aiops::train {

struct DataPosition {
  std::uint64_t epoch = 0;
  std::uint64_t index = 0;  // rows read of that epoch
};

// Rows of tokens of one length with their targets, filled in place.
struct Rows {
  std::vector<std::int32_t> tokens;
  std::vector<std::int32_t> targets;    // -1: not counted
  std::vector<std::int32_t> positions;  // inside the document; empty: each row is one
  std::vector<float> values;            // of a regression, which its targets number

  void clear();
  // The targets that count.
  std::int64_t counted() const;
  // `count` of the rows from `first` on, as the model takes them; views into this.
  Batch batch(std::int64_t first, std::int64_t count, std::int64_t length) const;
};

class Batches {
 public:
  virtual ~Batches() = default;

  std::uint64_t training() const { return training_; }      // rows of an epoch
  std::uint64_t validation() const { return validation_; }  // rows
  // "windows", "rows of documents", …: what the rows are, for messages.
  virtual std::string noun() const = 0;
  DataPosition position(std::uint64_t row) const { return {row / training_, row % training_}; }

  // Rows `first` … `first + count - 1` of the endless training sequence.
  void read_training(std::uint64_t first, std::int64_t count, Rows& rows) const;
  // Validation rows `first` … ; at most validation().
  void read_validation(std::uint64_t first, std::int64_t count, Rows& rows) const;

 protected:
  Batches() = default;
  // Parts the rows; `validation` is the share set aside, at least one row unless it is 0. False
  // when there are too few for one row of each kind.
  bool split(std::uint64_t rows, double validation, std::uint64_t seed);

 private:
  // Appends one row of the source; row < training() + validation().
  virtual void append(std::uint64_t row, Rows& rows) const = 0;

  std::uint64_t seed_ = 0;
  std::uint64_t training_ = 0;
  std::uint64_t validation_ = 0;
};

}  // namespace aiops::train
