// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/arena.hpp"

namespace aiops::kernels {

// Memory for packed panels, kept by a thread from product to product: it grows to the largest that
// was asked for, and then products allocate nothing.
class PackSpace {
 public:
  float* take(std::int64_t floats) {
    if (static_cast<std::uint64_t>(floats) > arena_.size()) {
      arena_ = Arena();  // give the old one back first
      arena_ = Arena(static_cast<std::uint64_t>(floats));
    }
    return arena_.data();
  }

 private:
  Arena arena_;
};

}  // namespace aiops::kernels
