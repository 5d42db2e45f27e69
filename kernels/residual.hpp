// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.hpp"

#include <cstdint>

namespace aiops::kernels {

// stream[i] += branch[i] for `count` elements. Its gradient is the same call the other way round:
// both terms receive the gradient of the sum, so a branch's input adds into the stream's gradient.
void residual_add(std::int64_t count, const float* branch, float* stream, ThreadPool& threads);

}  // namespace aiops::kernels
