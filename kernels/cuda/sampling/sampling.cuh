// SPDX-License-Identifier: Apache-2.0
// One block for one row.
#pragma once

#include "kernels/cuda/sampling/selection.cuh"
#include "kernels/sampling.hpp"

namespace aiops::kernels::cuda {

inline constexpr float kWeightOfBest = 1099511627776.0F;  // 2^40: 2^23 tokens fit into a Weight

// kernels::Sampling for a kernel.
struct Draw {
  int vocab;
  Weight top_k;               // 0: all
  float inverse_temperature;  // 0: always the most probable token
  float top_p, min_p;
};

// The weight of all tokens of `row` whose own is at least `least`.
template <typename Weigh>
__device__ Weight weight_of(const float* row, int vocab, Weight least, const Weigh& weigh) {
  Weight sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < vocab; i += kSamplingThreads) {
    const Weight own = weigh(key_of(row[i]));
    sum += own >= least ? own : 0;
  }
  sum = block_sum<kSamplingWarps>(sum);
  __syncthreads();  // it has been read by all, and may be followed by another
  return sum;
}

// The weight of a beginning.
template <typename Weigh>
__device__ Weight weight_of(const float* row, int vocab, const Beginning& beginning,
                            const Weigh& weigh) {
  const Weight larger = weight_of(row, vocab, Weight{1}, [&](std::uint32_t key) {
    return key > beginning.key ? weigh(key) : Weight{0};
  });
  return larger + beginning.ties * weigh(beginning.key);
}

__device__ __forceinline__ Weight share_of(Weight all, float share) {
  return static_cast<Weight>(static_cast<double>(all) * share);
}

__global__ void __launch_bounds__(kSamplingThreads)
    sample_kernel(Draw draw, const float* __restrict__ logits, const float* __restrict__ uniform,
                  std::int32_t* __restrict__ tokens) {
  const float* row = logits + std::int64_t{blockIdx.x} * draw.vocab;
  float most = -INFINITY;
  for (int i = static_cast<int>(threadIdx.x); i < draw.vocab; i += kSamplingThreads)
    most = fmaxf(most, row[i]);
  most = block_max<kSamplingWarps>(most);
  Beginning picked{key_of(most), 1};
  if (draw.inverse_temperature > 0) {
    const auto weigh = [&](std::uint32_t key) {
      const float apart = (logit_of(key) - most) * draw.inverse_temperature;
      return static_cast<Weight>(expf(apart) * kWeightOfBest);
    };
    Weight kept = 0;
    if (draw.top_k > 0 && draw.top_k < static_cast<Weight>(draw.vocab)) {
      const Beginning first =
          first_beyond(row, draw.vocab, draw.top_k - 1, [](std::uint32_t) { return Weight{1}; });
      kept = weight_of(row, draw.vocab, first, weigh);
    } else {
      kept = weight_of(row, draw.vocab, Weight{1}, weigh);
    }
    if (draw.top_p < 1) {
      const Weight wanted = max(share_of(kept, draw.top_p), Weight{1});
      const Beginning first = first_beyond(row, draw.vocab, wanted - 1, weigh);
      kept = weight_of(row, draw.vocab, first, weigh);
    }
    if (draw.min_p > 0) {
      const auto least = static_cast<Weight>(draw.min_p * kWeightOfBest);
      kept = min(kept, weight_of(row, draw.vocab, max(least, Weight{1}), weigh));
    }
    const Weight bound = min(share_of(kept, uniform[blockIdx.x]), kept - 1);
    picked = first_beyond(row, draw.vocab, bound, weigh);
  }
  const std::int32_t token = last_token(row, draw.vocab, picked);
  if (threadIdx.x == 0) tokens[blockIdx.x] = token;
}

__global__ void penalise_repetition_kernel(int count, const std::int32_t* __restrict__ seen,
                                           float penalty, float* __restrict__ logits) {
  const int i = static_cast<int>(blockIdx.x * kSamplingThreads + threadIdx.x);
  if (i >= count) return;
  float& logit = logits[seen[i]];
  logit = logit > 0 ? logit / penalty : logit * penalty;
}

}  // namespace aiops::kernels::cuda
