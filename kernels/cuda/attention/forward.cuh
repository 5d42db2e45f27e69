// SPDX-License-Identifier: Apache-2.0
// A block has a tile of queries of one head and walks over the keys in tiles. Each row carries the
// largest score so far, the sum of exponentials relative to it, and the weighted sum of values;
// when a larger score comes, both sums are scaled down (Milakov and Gimelshein, "Online normalizer
// calculation for softmax", 2018; Dao and others, "FlashAttention", 2022). Scores never leave the
// block.
#pragma once

#include "kernels/cuda/attention/places.cuh"

namespace aiops::kernels::cuda {

template <int HeadDim>
constexpr std::size_t attention_forward_shared() {
  using Tiling = AttentionTiling<HeadDim>;
  return sizeof(float) * (3 * Tiling::kTileFloats + Tiling::kScoreFloats);
}

template <typename T, int HeadDim>
__global__ void __launch_bounds__(AttentionTiling<HeadDim>::kThreads, kAttentionBlocks)
    attention_forward_kernel(AttentionPlaces places, const T* __restrict__ q,
                             const T* __restrict__ k, const T* __restrict__ v, T* __restrict__ out,
                             float* __restrict__ logsumexp) {
  using Tiling = AttentionTiling<HeadDim>;
  constexpr int kTile = Tiling::kTile;
  const SequencePlace here = sequence_at(places, blockIdx.z);
  const int first = static_cast<int>(blockIdx.x) * kTile;
  if (first >= here.queries) return;
  const int head = static_cast<int>(blockIdx.y);
  const std::int64_t kv_column = std::int64_t{head / places.group} * places.head_dim;
  q += here.query_row * places.q_stride + std::int64_t{head} * places.head_dim;
  k += here.key_row * places.kv_stride + kv_column;
  v += here.key_row * places.kv_stride + kv_column;

  AIOPS_DYNAMIC_SHARED(float, shared);
  float* const queries = shared;
  float* const keys = queries + Tiling::kTileFloats;
  float* const values = keys + Tiling::kTileFloats;
  float* const scores = values + Tiling::kTileFloats;
  const int row = static_cast<int>(threadIdx.x) / Tiling::kLanes;
  const int lane = static_cast<int>(threadIdx.x) % Tiling::kLanes;
  float* const own_scores = scores + row * Tiling::kScoreRow;
  load_tile<HeadDim>(queries, q, places.q_stride, first, here.queries, places.head_dim);

  float sums[Tiling::kColumns] = {};
  float most = -INFINITY;
  float total = 0;
  const int query = min(first + row, here.queries - 1);  // rows past the end repeat the last
  const int seen = here.seen_by(query);
  const int end = here.seen_by(min(first + kTile, here.queries) - 1);
  for (int begin = 0; begin < end; begin += kTile) {
    __syncthreads();  // the last tile is no longer read
    load_tile<HeadDim>(keys, k, places.kv_stride, begin, here.keys, places.head_dim);
    load_tile<HeadDim>(values, v, places.kv_stride, begin, here.keys, places.head_dim);
    __syncthreads();
    float highest = most;
    for (int step = 0; step < Tiling::kSteps; ++step) {
      const int j = step * Tiling::kLanes + lane;
      const float score =
          dot_of_rows<HeadDim>(queries + row * Tiling::kRow, keys + j * Tiling::kRow) *
          places.scale;
      own_scores[j] = begin + j < seen ? score : -INFINITY;
      highest = fmaxf(highest, own_scores[j]);
    }
#pragma unroll
    for (int step = 1; step < Tiling::kLanes; step *= 2)
      highest = fmaxf(highest, __shfl_xor_sync(kWholeWarp, highest, step));
    __syncwarp();                             // the other lanes of the row wrote their scores
    const float fade = expf(most - highest);  // 0 the first time
    most = highest;
    total *= fade;
#pragma unroll
    for (int c = 0; c < Tiling::kColumns; ++c) sums[c] *= fade;
    for (int j = 0; j < kTile; ++j) {
      const float weight = expf(own_scores[j] - most);
      total += weight;
      const float* value = values + j * Tiling::kRow + lane;
#pragma unroll
      for (int c = 0; c < Tiling::kColumns; ++c) sums[c] += weight * value[c * Tiling::kLanes];
    }
  }
  // Nobody reads the queries any more but the row's own lanes, which have passed a barrier.
#pragma unroll
  for (int c = 0; c < Tiling::kColumns; ++c)
    queries[row * Tiling::kRow + c * Tiling::kLanes + lane] = sums[c] / total;
  __syncthreads();
  store_tile<HeadDim>(out + (here.query_row * places.heads + head) * places.head_dim, queries,
                      std::int64_t{places.heads} * places.head_dim, first, here.queries,
                      places.head_dim);
  if (lane == 0 && first + row < here.queries)
    logsumexp[here.query_row * places.heads + std::int64_t{head} * here.queries + first + row] =
        most + logf(total);
}

}  // namespace aiops::kernels::cuda
