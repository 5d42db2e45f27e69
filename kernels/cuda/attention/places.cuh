// SPDX-License-Identifier: Apache-2.0
// Where things are, and how a block fetches and stores them: tiles of rows of one head, as floats
// in shared memory, 0 where a tile hangs over the end of its sequence or of its head.
#pragma once

#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

// kernels::Attention for a kernel.
struct AttentionPlaces {
  std::int64_t queries, keys, q_stride, kv_stride;
  int heads, group, head_dim;  // `group` query heads read one key/value head
  float scale;                 // 1 / sqrt(head_dim)
  const std::int64_t* starts;  // nullptr: all sequences have `queries` and `keys`
};

// One sequence of it.
struct SequencePlace {
  std::int64_t query_row, key_row;  // its first
  int queries, keys;

  // How many keys query i sees.
  __device__ int seen_by(int i) const { return keys - queries + i + 1; }
};

__device__ __forceinline__ SequencePlace sequence_at(const AttentionPlaces& places,
                                                     std::int64_t s) {
  if (places.starts == nullptr)
    return {s * places.queries, s * places.keys, static_cast<int>(places.queries),
            static_cast<int>(places.keys)};
  const std::int64_t begin = places.starts[s];
  const auto length = static_cast<int>(places.starts[s + 1] - begin);
  return {begin, begin, length, length};
}

// How tiles fit into a block: Tile rows of up to HeadDim elements; `kLanes` neighbouring lanes
// share a row, each with the columns that leave its number as the remainder.
template <int HeadDim>
struct AttentionTiling {
  static constexpr int kTile = HeadDim > 128 ? 16 : 32;
  static constexpr int kLanes = 128 / kTile;
  static constexpr int kThreads = 128;
  static constexpr int kColumns = HeadDim / kLanes;  // of a lane
  static constexpr int kSteps = kTile / kLanes;      // of a lane, through a row of scores
  // Smaller heads have smaller tiles.
  static constexpr int kFewestColumns = HeadDim > 32 ? HeadDim / 2 + 1 : 1;
  static constexpr int kRow = HeadDim + 1;  // odd: a column of a tile lies in 32 banks
  static constexpr int kTileFloats = kTile * kRow;
  static constexpr int kScoreRow = kTile + 1;
  static constexpr int kScoreFloats = kTile * kScoreRow;
};

// Blocks that must fit on a multiprocessor; shared memory admits not many more, and registers are
// better spent on keeping sums than on making room for them.
inline constexpr int kAttentionBlocks = 2;

// Calls visit(row, column, is_there) for this thread's elements of a tile whose rows are those from
// `first` on: there are those below `end`, and the columns of the head.
template <int HeadDim, typename Visit>
__device__ __forceinline__ void for_own_elements(int first, int end, int head_dim,
                                                 const Visit& visit) {
  using Tiling = AttentionTiling<HeadDim>;
  constexpr int kWidth = HeadDim < Tiling::kThreads ? HeadDim : Tiling::kThreads;
  constexpr int kRows = Tiling::kThreads / kWidth;  // at a time
  const int thread = static_cast<int>(threadIdx.x);
#pragma unroll
  for (int left = 0; left < HeadDim; left += kWidth) {
    const int column = left + thread % kWidth;
    const bool is_of_head = left + kWidth <= Tiling::kFewestColumns || column < head_dim;
    const int rows = is_of_head ? end - first : 0;
#pragma unroll 4
    for (int round = 0; round < Tiling::kTile / kRows; ++round) {
      const int row = round * kRows + thread / kWidth;
      visit(row, column, row < rows);
    }
  }
}

template <int HeadDim, typename T>
__device__ __forceinline__ void load_tile(float* tile, const T* from, std::int64_t stride,
                                          int first, int end, int head_dim) {
  from += first * stride;
  for_own_elements<HeadDim>(first, end, head_dim, [&](int row, int column, bool is_there) {
    tile[row * AttentionTiling<HeadDim>::kRow + column] =
        is_there ? to_float(from[row * stride + column]) : 0.0F;
  });
}

// The other way round; what hangs over is not stored.
template <int HeadDim, typename T>
__device__ __forceinline__ void store_tile(T* to, const float* tile, std::int64_t stride, int first,
                                           int end, int head_dim) {
  to += first * stride;
  for_own_elements<HeadDim>(first, end, head_dim, [&](int row, int column, bool is_there) {
    if (is_there)
      to[row * stride + column] =
          from_float<T>(tile[row * AttentionTiling<HeadDim>::kRow + column]);
  });
}

template <int HeadDim>
__device__ __forceinline__ float dot_of_rows(const float* a, const float* b) {
  float sum = 0;
#pragma unroll 8
  for (int c = 0; c < HeadDim; ++c) sum += a[c] * b[c];
  return sum;
}

}  // namespace aiops::kernels::cuda
