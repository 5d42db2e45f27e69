// SPDX-License-Identifier: Apache-2.0
// Dropout (Srivastava et al., 2014): an element is 0 with probability `rate` and otherwise divided
// by 1 - rate, so that its expectation stays. Which ones are dropped is a pure function of (seed,
// stream, number of the element): nothing is kept for the backward pass, and a pass that is run
// again drops the same ones.
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <cmath>
#include <cstdint>

namespace aiops::kernels {

struct Dropout {
  std::int64_t count = 0;
  double rate = 0;  // at least 0 and below 1; counted in steps of 1/65536
  std::uint64_t seed = 0, stream = 0;
  std::uint64_t first = 0;  // the number of the first element
};

// What a rate comes to: an element whose 16 random bits are below `dropped` is dropped.
struct DropoutLevel {
  std::uint32_t dropped;
  float scale;  // of those that are kept
};
inline DropoutLevel dropout_level(double rate) {
  const double dropped = std::round(rate * 65536);
  return {static_cast<std::uint32_t>(dropped), static_cast<float>(65536 / (65536 - dropped))};
}

// y = x, some of it dropped; y may be x.
void dropout_forward(const Dropout& shape, const float* x, float* y, ThreadPool& threads);

// x_gradient += y_gradient, the same elements dropped.
void dropout_backward(const Dropout& shape, const float* y_gradient, float* x_gradient,
                      ThreadPool& threads);

}  // namespace aiops::kernels
