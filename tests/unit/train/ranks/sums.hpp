// SPDX-License-Identifier: Apache-2.0
// What tests of sums over ranks share.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <functional>

namespace aiops::train {

// A value whose sum over ranks depends on the order of the additions.
inline float value_of(std::size_t i, int rank) {
  const float large = rank % 2 == 0 ? 1e8F : -1e8F;
  return (i % 3 == 0 ? large : 0.1F) + static_cast<float>(i % 97) * 0.37F;
}

inline Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return Error(ExitCode::ok, "no error");
}

}  // namespace aiops::train
