// SPDX-License-Identifier: Apache-2.0
// What a run remembers of its losses to steer itself: which steps to skip, when to end, which
// checkpoint is best. Part of a checkpoint, so that a resumed run decides alike.
#pragma once

#include "base/json.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace aiops::train {

// The last values of something that should change slowly.
class RecentValues {
 public:
  static constexpr std::size_t kLength = 128;

  // How many standard deviations `value` is from the mean of the last kLength values; 0 as long as
  // there are fewer, or when they are all alike. Remembers the value.
  double add(double value);

  const std::vector<double>& values() const { return values_; }  // oldest first
  void set(std::vector<double> values);

 private:
  std::vector<double> values_;
};

struct Steering {
  RecentValues losses, norms;  // kept only by runs that skip outliers
  std::int64_t skipped = 0;    // steps

  struct Best {
    std::int64_t step = 0;
    double loss = 0;
  };
  std::optional<Best> best;  // validation loss
  std::int64_t stale = 0;    // evaluations since

  // True when the loss or the gradient's norm of a step is more than `deviations` above what they
  // were of late; a step that is unusually good is none. Remembers both.
  bool is_outlier(double loss, double norm, double deviations);

  // Notes an evaluation; true when it is the best so far.
  bool improves(std::int64_t step, double validation_loss);

  bool is_empty() const;
  OrderedJson to_json() const;
  static Steering from_json(const Json& json);  // throws Json::exception
};

}  // namespace aiops::train
