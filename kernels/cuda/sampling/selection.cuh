// SPDX-License-Identifier: Apache-2.0
// Tokens in order, the largest logit first and equal ones by number, without sorting them. What is
// sought is always the place in this order where a sum of weights passes a bound: of ones for
// top-k, of probabilities for top-p and for the draw itself. It is found digit by digit, as in a
// radix sort: sum the weights by the first byte of the key, walk down the 256 sums to the byte in
// which the bound is passed, go on with the next byte of those tokens alone. Weights are integers,
// so that the sums do not depend on the order in which threads add to them.
#pragma once

#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

inline constexpr int kSamplingThreads = 512;
inline constexpr int kSamplingWarps = kSamplingThreads / kWarp;

using Weight = unsigned long long;  // as atomicAdd() has it

// Logits as integers of the same order.
__device__ __forceinline__ std::uint32_t key_of(float logit) {
  const std::uint32_t bits = float_to_bits(logit);
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}
__device__ __forceinline__ float logit_of(std::uint32_t key) {
  return bits_to_float((key & 0x80000000U) != 0 ? key & 0x7FFFFFFFU : ~key);
}

// A beginning of the order: the tokens whose key is larger, and the first `ties` whose key is this.
struct Beginning {
  std::uint32_t key;
  Weight ties;
};

// The shortest beginning that weighs more than `bound`, which all tokens together do. weigh(key) is
// what a token weighs. Every thread of the block calls it and gets the result.
template <typename Weigh>
__device__ Beginning first_beyond(const float* row, int vocab, Weight bound, const Weigh& weigh) {
  AIOPS_SHARED(Weight, sums, [256]);
  AIOPS_SHARED(Beginning, found, [1]);
  if (threadIdx.x == 0) found[0] = {0, bound};  // `ties` holds what is left of the bound
  for (int shift = 24; shift >= 0; shift -= 8) {
    for (int digit = static_cast<int>(threadIdx.x); digit < 256; digit += kSamplingThreads)
      sums[digit] = 0;
    __syncthreads();
    const std::uint32_t above = found[0].key;
    for (int i = static_cast<int>(threadIdx.x); i < vocab; i += kSamplingThreads) {
      const std::uint32_t key = key_of(row[i]);
      if ((std::uint64_t{key} >> (shift + 8)) == (std::uint64_t{above} >> (shift + 8)))
        atomicAdd(&sums[(key >> shift) & 255U], weigh(key));
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      Weight left = found[0].ties;
      unsigned digit = 255;
      while (digit > 0 && sums[digit] <= left) left -= sums[digit--];
      found[0] = {above | digit << shift, left};
    }
    __syncthreads();
  }
  const Beginning last = found[0];
  __syncthreads();
  return {last.key, last.ties / weigh(last.key) + 1};
}

// The number of the last token of a beginning.
__device__ __forceinline__ std::int32_t last_token(const float* row, int vocab,
                                                   const Beginning& beginning) {
  AIOPS_SHARED(std::int32_t, token, [1]);
  const int each = (vocab + kSamplingThreads - 1) / kSamplingThreads;
  const int begin = min(static_cast<int>(threadIdx.x) * each, vocab);
  const int end = min(begin + each, vocab);
  unsigned own = 0;
  for (int i = begin; i < end; ++i) own += key_of(row[i]) == beginning.key ? 1 : 0;
  Weight place = block_exclusive_sum<kSamplingWarps>(own);
  if (place < beginning.ties && beginning.ties <= place + own)
    for (int i = begin; i < end; ++i)
      if (key_of(row[i]) == beginning.key && ++place == beginning.ties) token[0] = i;
  __syncthreads();
  const std::int32_t result = token[0];
  __syncthreads();
  return result;
}

}  // namespace aiops::kernels::cuda
