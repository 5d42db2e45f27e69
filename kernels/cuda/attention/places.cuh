// SPDX-License-Identifier: Apache-2.0
// Where things are, and how a block fetches them: tiles of rows of one head, as floats in shared
// memory, 0 where a tile hangs over the end of its sequence or of its head.
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
  static constexpr int kColumns = (HeadDim + kLanes - 1) / kLanes;  // of a lane
  static constexpr int kRow = HeadDim + 1;  // odd: a column of a tile lies in 32 banks
  static constexpr int kTileFloats = kTile * kRow;
  static constexpr int kScoreRow = kTile + 1;
  static constexpr int kScoreFloats = kTile * kScoreRow;
};

// Blocks that must fit on a multiprocessor; shared memory admits not many more, and registers are
// better spent on keeping sums than on making room for them.
inline constexpr int kAttentionBlocks = 2;

// `count` rows from `first` on, of which those below `end` are there.
template <int HeadDim, typename T>
__device__ __forceinline__ void load_tile(float* tile, const T* from, std::int64_t stride,
                                          int first, int end, int head_dim) {
  using Tiling = AttentionTiling<HeadDim>;
  for (int i = static_cast<int>(threadIdx.x); i < Tiling::kTile * HeadDim; i += Tiling::kThreads) {
    const int row = i / HeadDim;
    const int column = i % HeadDim;
    const bool is_there = first + row < end && column < head_dim;
    tile[row * Tiling::kRow + column] =
        is_there ? to_float(from[(first + row) * stride + column]) : 0.0F;
  }
}

template <int HeadDim>
__device__ __forceinline__ float dot_of_rows(const float* a, const float* b) {
  float sum = 0;
#pragma unroll 8
  for (int c = 0; c < HeadDim; ++c) sum += a[c] * b[c];
  return sum;
}

}  // namespace aiops::kernels::cuda
