// SPDX-License-Identifier: Apache-2.0
// With P = e^(q k^T · scale - logsumexp), all of it worked out again from q and k:
// dV = P^T dO, D = rowsum(dO · O), dS = P · (dO V^T - D), dQ = dS K · scale, dK = dS^T Q · scale.
//
// Three kernels: one for D; one whose blocks own a tile of keys and walk over the queries that see
// it, of every query head that reads this key/value head in turn; one whose blocks own a tile of
// queries and walk over the keys. P is worked out twice, and in return nobody adds to what another
// adds to: no atomics.
#pragma once

#include "kernels/cuda/attention/places.cuh"

namespace aiops::kernels::cuda {

inline constexpr int kDotThreads = 128;

// D: one warp for one query and head. All rows together are `rows`.
template <typename T>
__global__ void __launch_bounds__(kDotThreads)
    attention_dots_kernel(AttentionPlaces places, const T* __restrict__ out,
                          const T* __restrict__ out_gradient, float* __restrict__ dots) {
  const SequencePlace here = sequence_at(places, blockIdx.z);
  const int query = static_cast<int>(blockIdx.x) * (kDotThreads / kWarp) + warp_of_thread();
  if (query >= here.queries) return;
  const auto head = static_cast<std::int64_t>(blockIdx.y);
  const std::int64_t at = ((here.query_row + query) * places.heads + head) * places.head_dim;
  float sum = 0;
  for (int c = lane_of_thread(); c < places.head_dim; c += kWarp)
    sum += to_float(out[at + c]) * to_float(out_gradient[at + c]);
  sum = warp_sum(sum);
  if (lane_of_thread() == 0)
    dots[here.query_row * places.heads + head * here.queries + query] = sum;
}

template <int HeadDim>
constexpr std::size_t attention_backward_shared() {
  using Tiling = AttentionTiling<HeadDim>;
  return sizeof(float) * (4 * Tiling::kTileFloats + 2 * Tiling::kScoreFloats + 2 * Tiling::kTile);
}

// What both kernels keep in shared memory: two tiles of their own, two that come and go, P and dS
// with a row for each row of their own, and what belongs to the queries.
template <int HeadDim>
struct AttentionGradientTiles {
  using Tiling = AttentionTiling<HeadDim>;

  __device__ explicit AttentionGradientTiles(float* shared)
      : own{shared, shared + Tiling::kTileFloats},
        other{shared + 2 * Tiling::kTileFloats, shared + 3 * Tiling::kTileFloats},
        weights(shared + 4 * Tiling::kTileFloats),
        changes(weights + Tiling::kScoreFloats),
        logsumexp(changes + Tiling::kScoreFloats),
        dots(logsumexp + Tiling::kTile) {}

  float* own[2];
  float* other[2];
  float* weights;
  float* changes;
  float* logsumexp;
  float* dots;
};

// Of one query head: what belongs to the queries from `first` on.
template <int HeadDim>
__device__ __forceinline__ void load_query_numbers(const AttentionGradientTiles<HeadDim>& tiles,
                                                   const float* logsumexp, const float* dots,
                                                   int first, int queries) {
  const int i = static_cast<int>(threadIdx.x);
  if (i >= AttentionTiling<HeadDim>::kTile) return;
  const bool is_there = first + i < queries;
  tiles.logsumexp[i] = is_there ? logsumexp[first + i] : 0.0F;
  tiles.dots[i] = is_there ? dots[first + i] : 0.0F;
}

template <typename T, int HeadDim>
__global__ void __launch_bounds__(AttentionTiling<HeadDim>::kThreads, kAttentionBlocks)
    attention_kv_gradient_kernel(AttentionPlaces places, const T* __restrict__ q,
                                 const T* __restrict__ k, const T* __restrict__ v,
                                 const float* __restrict__ logsumexp,
                                 const T* __restrict__ out_gradient, const float* __restrict__ dots,
                                 T* __restrict__ k_gradient, T* __restrict__ v_gradient) {
  using Tiling = AttentionTiling<HeadDim>;
  constexpr int kTile = Tiling::kTile;
  const SequencePlace here = sequence_at(places, blockIdx.z);
  const int first = static_cast<int>(blockIdx.x) * kTile;
  if (first >= here.queries) return;
  const int kv_head = static_cast<int>(blockIdx.y);
  const std::int64_t column = std::int64_t{kv_head} * places.head_dim;
  const std::int64_t out_stride = std::int64_t{places.heads} * places.head_dim;
  AIOPS_DYNAMIC_SHARED(float, shared);
  const AttentionGradientTiles<HeadDim> tiles(shared);
  const int row = static_cast<int>(threadIdx.x) / Tiling::kLanes;
  const int lane = static_cast<int>(threadIdx.x) % Tiling::kLanes;
  load_tile<HeadDim>(tiles.own[0], k + here.key_row * places.kv_stride + column, places.kv_stride,
                     first, here.keys, places.head_dim);
  load_tile<HeadDim>(tiles.own[1], v + here.key_row * places.kv_stride + column, places.kv_stride,
                     first, here.keys, places.head_dim);

  float dk[Tiling::kColumns] = {};
  float dv[Tiling::kColumns] = {};
  const float* const key = tiles.own[0] + row * Tiling::kRow;
  const float* const value = tiles.own[1] + row * Tiling::kRow;
  float* const weights = tiles.weights + row * Tiling::kScoreRow;
  float* const changes = tiles.changes + row * Tiling::kScoreRow;
  for (int head = kv_head * places.group; head < (kv_head + 1) * places.group; ++head) {
    const std::int64_t head_column = std::int64_t{head} * places.head_dim;
    const std::int64_t numbers = here.query_row * places.heads + std::int64_t{head} * here.queries;
    for (int begin = first; begin < here.queries; begin += kTile) {  // earlier ones do not see it
      __syncthreads();
      load_tile<HeadDim>(tiles.other[0], q + here.query_row * places.q_stride + head_column,
                         places.q_stride, begin, here.queries, places.head_dim);
      load_tile<HeadDim>(tiles.other[1], out_gradient + here.query_row * out_stride + head_column,
                         out_stride, begin, here.queries, places.head_dim);
      load_query_numbers(tiles, logsumexp + numbers, dots + numbers, begin, here.queries);
      __syncthreads();
      for (int step = 0; step < Tiling::kSteps; ++step) {
        const int i = step * Tiling::kLanes + lane;
        const float score =
            dot_of_rows<HeadDim>(tiles.other[0] + i * Tiling::kRow, key) * places.scale;
        // Queries that are not there have gradients of 0, so that their weight of 1 adds nothing.
        const bool sees = first + row <= begin + i;
        const float weight = sees ? expf(score - tiles.logsumexp[i]) : 0.0F;
        const float through = dot_of_rows<HeadDim>(tiles.other[1] + i * Tiling::kRow, value);
        weights[i] = weight;
        changes[i] = weight * (through - tiles.dots[i]);
      }
      __syncwarp();
      for (int i = 0; i < kTile; ++i) {
        const float weight = weights[i];
        const float change = changes[i];
        const float* query = tiles.other[0] + i * Tiling::kRow + lane;
        const float* gradient = tiles.other[1] + i * Tiling::kRow + lane;
#pragma unroll
        for (int c = 0; c < Tiling::kColumns; ++c) {
          dk[c] += change * query[c * Tiling::kLanes];
          dv[c] += weight * gradient[c * Tiling::kLanes];
        }
      }
    }
  }
#pragma unroll
  for (int c = 0; c < Tiling::kColumns; ++c) {
    const int at = row * Tiling::kRow + c * Tiling::kLanes + lane;
    tiles.own[0][at] = dk[c] * places.scale;
    tiles.own[1][at] = dv[c];
  }
  __syncthreads();
  const std::int64_t at = here.key_row * places.kv_stride + column;
  store_tile<HeadDim>(k_gradient + at, tiles.own[0], places.kv_stride, first, here.keys,
                      places.head_dim);
  store_tile<HeadDim>(v_gradient + at, tiles.own[1], places.kv_stride, first, here.keys,
                      places.head_dim);
}

template <typename T, int HeadDim>
__global__ void __launch_bounds__(AttentionTiling<HeadDim>::kThreads, kAttentionBlocks)
    attention_q_gradient_kernel(AttentionPlaces places, const T* __restrict__ q,
                                const T* __restrict__ k, const T* __restrict__ v,
                                const float* __restrict__ logsumexp,
                                const T* __restrict__ out_gradient, const float* __restrict__ dots,
                                T* __restrict__ q_gradient) {
  using Tiling = AttentionTiling<HeadDim>;
  constexpr int kTile = Tiling::kTile;
  const SequencePlace here = sequence_at(places, blockIdx.z);
  const int first = static_cast<int>(blockIdx.x) * kTile;
  if (first >= here.queries) return;
  const int head = static_cast<int>(blockIdx.y);
  const std::int64_t column = std::int64_t{head} * places.head_dim;
  const std::int64_t kv_at =
      here.key_row * places.kv_stride + std::int64_t{head / places.group} * places.head_dim;
  const std::int64_t out_stride = std::int64_t{places.heads} * places.head_dim;
  const std::int64_t numbers = here.query_row * places.heads + std::int64_t{head} * here.queries;
  AIOPS_DYNAMIC_SHARED(float, shared);
  const AttentionGradientTiles<HeadDim> tiles(shared);
  const int row = static_cast<int>(threadIdx.x) / Tiling::kLanes;
  const int lane = static_cast<int>(threadIdx.x) % Tiling::kLanes;
  load_tile<HeadDim>(tiles.own[0], q + here.query_row * places.q_stride + column, places.q_stride,
                     first, here.queries, places.head_dim);
  load_tile<HeadDim>(tiles.own[1], out_gradient + here.query_row * out_stride + column, out_stride,
                     first, here.queries, places.head_dim);
  load_query_numbers(tiles, logsumexp + numbers, dots + numbers, first, here.queries);

  float dq[Tiling::kColumns] = {};
  float* const changes = tiles.changes + row * Tiling::kScoreRow;
  const int end = min(first + kTile, here.queries);
  for (int begin = 0; begin < end; begin += kTile) {
    __syncthreads();
    load_tile<HeadDim>(tiles.other[0], k + kv_at, places.kv_stride, begin, here.keys,
                       places.head_dim);
    load_tile<HeadDim>(tiles.other[1], v + kv_at, places.kv_stride, begin, here.keys,
                       places.head_dim);
    __syncthreads();
    for (int step = 0; step < Tiling::kSteps; ++step) {
      const int j = step * Tiling::kLanes + lane;
      const float score = dot_of_rows<HeadDim>(tiles.own[0] + row * Tiling::kRow,
                                               tiles.other[0] + j * Tiling::kRow) *
                          places.scale;
      const bool sees = begin + j <= first + row;
      const float weight = sees ? expf(score - tiles.logsumexp[row]) : 0.0F;
      const float through = dot_of_rows<HeadDim>(tiles.own[1] + row * Tiling::kRow,
                                                 tiles.other[1] + j * Tiling::kRow);
      changes[j] = weight * (through - tiles.dots[row]);
    }
    __syncwarp();
    for (int j = 0; j < kTile; ++j) {
      const float change = changes[j];
      const float* key = tiles.other[0] + j * Tiling::kRow + lane;
#pragma unroll
      for (int c = 0; c < Tiling::kColumns; ++c) dq[c] += change * key[c * Tiling::kLanes];
    }
  }
#pragma unroll
  for (int c = 0; c < Tiling::kColumns; ++c)
    tiles.own[0][row * Tiling::kRow + c * Tiling::kLanes + lane] = dq[c] * places.scale;
  __syncthreads();
  store_tile<HeadDim>(q_gradient + here.query_row * places.q_stride + column, tiles.own[0],
                      places.q_stride, first, here.queries, places.head_dim);
}

}  // namespace aiops::kernels::cuda
