// SPDX-License-Identifier: Apache-2.0
// Packing in plain C++, for the engines whose registers are too few or too short to transpose in.
#pragma once

#include "kernels/cpu/product_engine.hpp"
#include "kernels/cpu/rounding.hpp"

#include <algorithm>

namespace aiops::kernels {

template <std::int64_t kHeight>
void pack_plainly(const Operand& x, std::int64_t rows, std::int64_t depth, float* panels) {
  for (std::int64_t row = 0; row < rows; row += kHeight, panels += kHeight * depth) {
    const std::int64_t here = std::min(kHeight, rows - row);
    if (here < kHeight) std::fill_n(panels, kHeight * depth, 0.0F);
    const float* from = x.data + row * x.row_step;
    if (x.depth_step == 1) {
      for (std::int64_t i = 0; i < here; ++i)
        for (std::int64_t p = 0; p < depth; ++p) panels[p * kHeight + i] = from[i * x.row_step + p];
    } else {
      for (std::int64_t p = 0; p < depth; ++p)
        std::copy_n(from + p * x.depth_step, here, panels + p * kHeight);
    }
  }
}

template <std::int64_t kHeight>
void pack_plainly_rounded(const Operand& x, std::int64_t rows, std::int64_t depth, float* panels) {
  pack_plainly<kHeight>(x, rows, depth, panels);
  round_to_bfloat16((rows + kHeight - 1) / kHeight * kHeight * depth, panels);
}

}  // namespace aiops::kernels
