// SPDX-License-Identifier: Apache-2.0
// CUDA C++'s own words for g++: the part of the language that kernels use, nothing else. Functions
// that meet other threads learn where they were called from their last argument.
#pragma once

#include "kernels/cuda/layer/executor.hpp"

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <source_location>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)

#define threadIdx (::aiops::simt::thread_index())
#define blockIdx (::aiops::simt::block_index())
#define blockDim (::aiops::simt::block_size())
#define gridDim (::aiops::simt::grid_size())
#define warpSize 32

struct dim3 : aiops::simt::Index {
  dim3(unsigned vx = 1, unsigned vy = 1, unsigned vz = 1) : Index{vx, vy, vz} {}  // NOLINT
};

// Barriers.
inline void __syncthreads(std::source_location at = std::source_location::current()) {
  aiops::simt::block_barrier(at);
}
inline int __syncthreads_count(int predicate,
                               std::source_location at = std::source_location::current()) {
  return aiops::simt::block_vote(aiops::simt::Vote::count, predicate, at);
}
inline int __syncthreads_or(int predicate,
                            std::source_location at = std::source_location::current()) {
  return aiops::simt::block_vote(aiops::simt::Vote::any, predicate, at);
}
inline int __syncthreads_and(int predicate,
                             std::source_location at = std::source_location::current()) {
  return aiops::simt::block_vote(aiops::simt::Vote::all, predicate, at);
}
inline void __syncwarp(unsigned mask = 0xFFFFFFFFU,
                       std::source_location at = std::source_location::current()) {
  aiops::simt::warp_barrier(mask, at);
}
inline void __threadfence() {}  // the executors run one thread at a time: memory is never reordered
inline void __threadfence_block() {}

// Warp collectives.
namespace aiops::simt {
template <typename T>
requires(sizeof(T) == 4 || sizeof(T) == 8) T
    shuffle_value(Shuffle kind, unsigned mask, T value, int operand, int width, Site site) {
  if constexpr (sizeof(T) == 8) {
    return std::bit_cast<T>(
        shuffle(kind, mask, std::bit_cast<std::uint64_t>(value), operand, width, site));
  } else {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return std::bit_cast<T>(
        static_cast<std::uint32_t>(shuffle(kind, mask, bits, operand, width, site)));
  }
}
}  // namespace aiops::simt

template <typename T>
T __shfl_sync(unsigned mask, T value, int lane, int width = 32,
              std::source_location at = std::source_location::current()) {
  return aiops::simt::shuffle_value(aiops::simt::Shuffle::index, mask, value, lane, width, at);
}
template <typename T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32,
                 std::source_location at = std::source_location::current()) {
  return aiops::simt::shuffle_value(aiops::simt::Shuffle::up, mask, value, static_cast<int>(delta),
                                    width, at);
}
template <typename T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32,
                   std::source_location at = std::source_location::current()) {
  return aiops::simt::shuffle_value(aiops::simt::Shuffle::down, mask, value,
                                    static_cast<int>(delta), width, at);
}
template <typename T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32,
                  std::source_location at = std::source_location::current()) {
  return aiops::simt::shuffle_value(aiops::simt::Shuffle::exclusive_or, mask, value, lanes, width,
                                    at);
}
inline unsigned __ballot_sync(unsigned mask, int predicate,
                              std::source_location at = std::source_location::current()) {
  return aiops::simt::ballot(mask, predicate, at);
}
inline int __any_sync(unsigned mask, int predicate,
                      std::source_location at = std::source_location::current()) {
  return aiops::simt::ballot(mask, predicate, at) != 0;
}
inline int __all_sync(unsigned mask, int predicate,
                      std::source_location at = std::source_location::current()) {
  return aiops::simt::ballot(mask, predicate, at) == mask;
}

// Atomics: the old value. One thread runs at a time, so a plain update is one.
namespace aiops::simt {
template <typename T, typename Update>
__attribute__((no_sanitize("thread"))) T atomically(T* p, const Update& update) {
  begin_atomic(p, sizeof(T));
  const T old = *p;
  *p = update(old);
  return old;
}
}  // namespace aiops::simt

template <typename T>
T atomicAdd(T* p, std::type_identity_t<T> value) {
  return aiops::simt::atomically(p, [value](T old) { return static_cast<T>(old + value); });
}
template <std::integral T>
T atomicMax(T* p, std::type_identity_t<T> value) {
  return aiops::simt::atomically(p, [value](T old) { return old < value ? value : old; });
}
template <std::integral T>
T atomicMin(T* p, std::type_identity_t<T> value) {
  return aiops::simt::atomically(p, [value](T old) { return value < old ? value : old; });
}
template <typename T>
T atomicExch(T* p, std::type_identity_t<T> value) {
  return aiops::simt::atomically(p, [value](T) { return value; });
}
template <std::integral T>
T atomicCAS(T* p, std::type_identity_t<T> expected, std::type_identity_t<T> value) {
  return aiops::simt::atomically(p, [=](T old) { return old == expected ? value : old; });
}

// Integers and bits.
template <typename T>
constexpr T min(T a, T b) {
  return b < a ? b : a;
}
template <typename T>
constexpr T max(T a, T b) {
  return a < b ? b : a;
}
inline unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>((std::uint64_t{a} * b) >> 32U);
}
inline int __popc(unsigned x) { return std::popcount(x); }
inline int __clz(int x) { return std::countl_zero(static_cast<unsigned>(x)); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }
inline int __float_as_int(float x) { return std::bit_cast<int>(x); }
inline float __uint_as_float(unsigned x) { return std::bit_cast<float>(x); }
inline float __int_as_float(int x) { return std::bit_cast<float>(x); }
