// SPDX-License-Identifier: Apache-2.0
// One thread turns one pair: elements i and i + head_dim / 2 of a head.
#pragma once

#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

// kernels::Rope for a kernel.
struct RopePlaces {
  std::int64_t rows, length, heads, half, stride, first;
  const std::int32_t* positions;  // nullptr: first + row % length
};

enum class Turn { forward, back };

template <typename T, Turn Direction>
__global__ void __launch_bounds__(kElementThreads)
    rope_kernel(RopePlaces places, const float* __restrict__ cosine, const float* __restrict__ sine,
                T* __restrict__ x) {
  const std::int64_t index = first_element<1>();
  if (index >= places.rows * places.heads * places.half) return;
  const std::int64_t i = index % places.half;
  const std::int64_t head = index / places.half % places.heads;
  const std::int64_t row = index / places.half / places.heads;
  const std::int64_t position = places.positions != nullptr ? std::int64_t{places.positions[row]}
                                                            : places.first + row % places.length;
  const float c = cosine[position * places.half + i];
  const float s = Direction == Turn::forward ? sine[position * places.half + i]
                                             : -sine[position * places.half + i];
  x += row * places.stride + head * 2 * places.half + i;
  const float low = to_float(x[0]);
  const float high = to_float(x[places.half]);
  x[0] = from_float<T>(low * c - high * s);
  x[places.half] = from_float<T>(high * c + low * s);
}

}  // namespace aiops::kernels::cuda
