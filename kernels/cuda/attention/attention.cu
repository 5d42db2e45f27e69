// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/attention/attention.hpp"
#include "kernels/cuda/attention/backward.cuh"
#include "kernels/cuda/attention/forward.cuh"

#include <cmath>

namespace aiops::kernels::cuda {
namespace {

constexpr std::int64_t kMostInAxis = 65535;  // blocks of a grid in y and z
constexpr std::int64_t kLongest = 1 << 30;

const char* fault_of(const Attention& shape) {
  if (shape.sequences < 0 || shape.sequences > kMostInAxis || shape.heads > kMostInAxis)
    return "attention: more than 65535 sequences or heads";
  if (shape.kv_heads < 1 || shape.heads < 1 || shape.heads % shape.kv_heads != 0)
    return "attention: heads are no multiple of kv_heads";
  if (shape.head_dim < 1 || shape.head_dim > 256)
    return "attention: head_dim of less than 1 or more than 256";
  if (shape.queries < 1 || shape.keys < shape.queries || shape.keys > kLongest)
    return "attention: queries of less than 1, or not the last of the keys";
  if (!shape.starts.empty() && shape.queries != shape.keys)
    return "attention: sequences of lengths of their own need as many keys as queries";
  if (shape.q_stride < shape.heads * shape.head_dim ||
      shape.kv_stride < shape.kv_heads * shape.head_dim)
    return "attention: the heads exceed the stride";
  return nullptr;
}

AttentionPlaces places_of(const Attention& shape) {
  return {.queries = shape.queries,
          .keys = shape.keys,
          .q_stride = shape.q_stride,
          .kv_stride = shape.kv_stride,
          .heads = static_cast<int>(shape.heads),
          .group = static_cast<int>(shape.heads / shape.kv_heads),
          .head_dim = static_cast<int>(shape.head_dim),
          .scale = static_cast<float>(1 / std::sqrt(static_cast<double>(shape.head_dim))),
          .starts = shape.starts.empty() ? nullptr : shape.starts.data()};
}

// A block for `tile` of `rows`, a head and a sequence.
LaunchShape over_tiles(std::int64_t rows, int tile, std::int64_t heads, std::int64_t sequences,
                       int threads, std::size_t shared) {
  return {dim3(static_cast<unsigned>((rows + tile - 1) / tile), static_cast<unsigned>(heads),
               static_cast<unsigned>(sequences)),
          static_cast<unsigned>(threads), shared};
}

// Calls with<N>(), N the smallest size of a head that kernels were made for and this one fits.
template <typename With>
LaunchStatus in_head_dim(std::int64_t head_dim, const With& with) {
  if (head_dim <= 32) return with.template operator()<32>();
  if (head_dim <= 64) return with.template operator()<64>();
  if (head_dim <= 128) return with.template operator()<128>();
  return with.template operator()<256>();
}

template <typename T, int HeadDim>
LaunchStatus backward_with(const Attention& shape, const AttentionTapeOf<T>& tape, float* dots,
                           T* q_gradient, T* k_gradient, T* v_gradient, Stream stream) {
  using Tiling = AttentionTiling<HeadDim>;
  const AttentionPlaces places = places_of(shape);
  const LaunchStatus keys = launch<attention_kv_gradient_kernel<T, HeadDim>>(
      over_tiles(shape.keys, Tiling::kTile, shape.kv_heads, shape.sequences, Tiling::kThreads,
                 attention_backward_shared<HeadDim>()),
      stream, places, tape.q, tape.k, tape.v, tape.logsumexp, tape.out_gradient, dots, k_gradient,
      v_gradient);
  if (!keys.ok()) return keys;
  return launch<attention_q_gradient_kernel<T, HeadDim>>(
      over_tiles(shape.queries, Tiling::kTile, shape.heads, shape.sequences, Tiling::kThreads,
                 attention_backward_shared<HeadDim>()),
      stream, places, tape.q, tape.k, tape.v, tape.logsumexp, tape.out_gradient, dots, q_gradient);
}

}  // namespace

template <typename T>
LaunchStatus attention_forward(const Attention& shape, const T* q, const T* k, const T* v, T* out,
                               float* logsumexp, Stream stream) {
  if (shape.sequences == 0) return {};
  if (const char* fault = fault_of(shape)) return refused(fault);
  return in_head_dim(shape.head_dim, [&]<int N>() {
    using Tiling = AttentionTiling<N>;
    return launch<attention_forward_kernel<T, N>>(
        over_tiles(shape.queries, Tiling::kTile, shape.heads, shape.sequences, Tiling::kThreads,
                   attention_forward_shared<N>()),
        stream, places_of(shape), q, k, v, out, logsumexp);
  });
}

template <typename T>
LaunchStatus attention_backward(const Attention& shape, const AttentionTapeOf<T>& tape, float* dots,
                                T* q_gradient, T* k_gradient, T* v_gradient, Stream stream) {
  if (shape.sequences == 0) return {};
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.queries != shape.keys) return refused("attention: gradients need queries == keys");
  const LaunchStatus first = launch<attention_dots_kernel<T>>(
      over_tiles(shape.queries, kDotThreads / kWarp, shape.heads, shape.sequences, kDotThreads, 0),
      stream, places_of(shape), tape.out, tape.out_gradient, dots);
  if (!first.ok()) return first;
  return in_head_dim(shape.head_dim, [&]<int N>() {
    return backward_with<T, N>(shape, tape, dots, q_gradient, k_gradient, v_gradient, stream);
  });
}

template LaunchStatus attention_forward(const Attention&, const float*, const float*, const float*,
                                        float*, float*, Stream);
template LaunchStatus attention_forward(const Attention&, const BFloat16*, const BFloat16*,
                                        const BFloat16*, BFloat16*, float*, Stream);
template LaunchStatus attention_backward(const Attention&, const AttentionTapeOf<float>&, float*,
                                         float*, float*, float*, Stream);
template LaunchStatus attention_backward(const Attention&, const AttentionTapeOf<BFloat16>&, float*,
                                         BFloat16*, BFloat16*, BFloat16*, Stream);

}  // namespace aiops::kernels::cuda
