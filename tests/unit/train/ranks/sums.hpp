// SPDX-License-Identifier: Apache-2.0
// What tests of sums over ranks share.
#pragma once

#include "base/error.hpp"
#include "train/ranks/collective.hpp"

#include <cstddef>
#include <cstring>
#include <functional>
#include <span>
#include <vector>

namespace aiops::train {

// A value whose sum over ranks depends on the order of the additions.
inline float value_of(std::size_t i, int rank) {
  const float large = rank % 2 == 0 ? 1e8F : -1e8F;
  return (i % 3 == 0 ? large : 0.1F) + static_cast<float>(i % 97) * 0.37F;
}

// Arrays of one rank in memory that the others see, with such values.
class Arrays {
 public:
  Arrays(Collective& crew, const std::vector<std::size_t>& sizes) : ranks_(crew.size()) {
    std::size_t length = 0;
    for (const std::size_t size : sizes) length += size;
    memory_ = crew.shared_floats(length);
    for (std::size_t at = 0; const std::size_t size : sizes) {
      parts_.push_back(memory_.span().subspan(at, size));
      at += size;
    }
  }
  std::span<const std::span<float>> parts() const { return parts_; }
  void fill(int rank) {
    for (std::size_t i = 0; i < memory_.size(); ++i) memory_.data()[i] = value_of(i, rank);
  }
  // Values that are not the sums of all ranks in their order.
  std::size_t wrong() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < memory_.size(); ++i) {
      float expected = value_of(i, 0);
      for (int rank = 1; rank < ranks_; ++rank) expected += value_of(i, rank);
      count += std::memcmp(memory_.data() + i, &expected, sizeof expected) != 0;
    }
    return count;
  }

 private:
  int ranks_;
  kernels::Arena memory_;
  std::vector<std::span<float>> parts_;
};

inline Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return Error(ExitCode::ok, "no error");
}

}  // namespace aiops::train
