// SPDX-License-Identifier: Apache-2.0
// Several neighbouring elements moved by one instruction: 4, 8 or 16 bytes, at an address that is a
// multiple of them. Memory is fast only when every thread moves 16 bytes at a time.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#if !defined(__CUDACC__)
#include "kernels/cuda/layer/words.cuh"
#endif

namespace aiops::kernels::cuda {

template <typename T, int N>
struct alignas(sizeof(T) * N) Vector {
  static constexpr int kCount = N;
  T values[N];

  __device__ T& operator[](int i) { return values[i]; }
  __device__ const T& operator[](int i) const { return values[i]; }
};

// As many as 16 bytes hold.
template <typename T>
using Pack = Vector<T, 16 / static_cast<int>(sizeof(T))>;

#if defined(__CUDACC__)

template <int Bytes>
struct Raw;
template <>
struct Raw<2> {
  using Type = unsigned short;
};
template <>
struct Raw<4> {
  using Type = unsigned;
};
template <>
struct Raw<8> {
  using Type = uint2;
};
template <>
struct Raw<16> {
  using Type = uint4;
};
template <typename V>
using RawOf = typename Raw<static_cast<int>(sizeof(V))>::Type;

template <int N, typename T>
__device__ __forceinline__ Vector<T, N> load(const T* p) {
  Vector<T, N> vector;
  const auto raw = *reinterpret_cast<const RawOf<decltype(vector)>*>(p);
  memcpy(&vector, &raw, sizeof raw);
  return vector;
}

// Of data that no thread will read again: it need not displace what others keep in the cache.
template <int N, typename T>
__device__ __forceinline__ Vector<T, N> load_once(const T* p) {
  Vector<T, N> vector;
  const auto raw = __ldcs(reinterpret_cast<const RawOf<decltype(vector)>*>(p));
  memcpy(&vector, &raw, sizeof raw);
  return vector;
}

template <typename T, int N>
__device__ __forceinline__ void store(T* p, const Vector<T, N>& vector) {
  RawOf<Vector<T, N>> raw;
  memcpy(&raw, &vector, sizeof raw);
  *reinterpret_cast<decltype(raw)*>(p) = raw;
}

// The same, in one instruction: nvcc 13 splits store() where two of them are a distance apart that
// it does not know (simt_gates sees it).
template <typename T, int N>
__device__ __forceinline__ void store_whole(T* p, const Vector<T, N>& vector) {
  RawOf<Vector<T, N>> raw;
  memcpy(&raw, &vector, sizeof raw);
  __stwb(reinterpret_cast<decltype(raw)*>(p), raw);
}

#else

template <int N, typename T>
Vector<T, N> load(const T* p) {
  Vector<T, N> vector;
  simt::load(&vector, p, sizeof vector);
  return vector;
}

template <int N, typename T>
Vector<T, N> load_once(const T* p) {
  return load<N>(p);
}

template <typename T, int N>
void store(T* p, const Vector<T, N>& vector) {
  simt::store(p, &vector, sizeof vector);
}

template <typename T, int N>
void store_whole(T* p, const Vector<T, N>& vector) {
  store(p, vector);
}

#endif

template <typename T>
__device__ __forceinline__ Pack<T> load_pack(const T* p) {
  return load<Pack<T>::kCount>(p);
}

}  // namespace aiops::kernels::cuda
