// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.hpp"

#include <span>

namespace aiops::kernels {

// The sum of the squares, in double precision.
double squared_norm(std::span<const float> values, ThreadPool& threads);

}  // namespace aiops::kernels
