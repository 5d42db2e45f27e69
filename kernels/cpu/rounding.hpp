// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiops::kernels {

// x[i] = to_bfloat16(x[i]).
void round_to_bfloat16(std::int64_t count, float* x);

}  // namespace aiops::kernels
