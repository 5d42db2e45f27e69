// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/scaled_rows/scaled_rows.cuh"
#include "kernels/cuda/scaled_rows/scaled_rows.hpp"

#include <numeric>

namespace aiops::kernels::cuda {

template <typename T>
LaunchStatus scaled_rows(const ScaledRows& shape, const T* from, T* to, Stream stream) {
  if (shape.rows < 0 || shape.width < 0) return refused("scaled_rows: rows or width below 0");
  if (shape.from_stride < 0 || shape.to_stride < shape.width)
    return refused("scaled_rows: from_stride below 0 or to_stride below width");
  if (shape.rows == 0 || shape.width == 0) return {};
  if (shape.rows > kMostElements / shape.width) return refused("scaled_rows: too many elements");
  // A row begins at a whole pack where all three are whole packs.
  const std::int64_t step = std::gcd(shape.width, std::gcd(shape.from_stride, shape.to_stride));
  return in_packs<T>(
      step,
      [&]<int N>() {
        return launch<scaled_rows_kernel<T, N>>(over_elements(shape.rows * shape.width, N), stream,
                                                shape, from, to);
      },
      from, to);
}

template LaunchStatus scaled_rows(const ScaledRows&, const float*, float*, Stream);
template LaunchStatus scaled_rows(const ScaledRows&, const BFloat16*, BFloat16*, Stream);

}  // namespace aiops::kernels::cuda
