// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/sampling/sampling.cuh"
#include "kernels/cuda/sampling/sampling.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr std::int64_t kMostTokens = 1 << 23;  // of a vocabulary: their weights must not overflow

}  // namespace

LaunchStatus sample(std::int64_t rows, std::int64_t vocab, const Sampling& sampling,
                    const float* logits, const float* uniform, std::int32_t* tokens,
                    Stream stream) {
  if (rows < 0 || rows > kLargestGrid) return refused("sampling: too many rows");
  if (vocab < 1 || vocab > kMostTokens)
    return refused("sampling: vocab of less than 1 or more than 2^23");
  if (rows == 0) return {};
  const bool draws = sampling.temperature > 0;
  const Draw draw{.vocab = static_cast<int>(vocab),
                  .top_k = static_cast<Weight>(sampling.top_k > 0 ? sampling.top_k : 0),
                  .inverse_temperature = draws ? static_cast<float>(1 / sampling.temperature) : 0,
                  .top_p = static_cast<float>(sampling.top_p),
                  .min_p = static_cast<float>(sampling.min_p)};
  return launch<sample_kernel>({static_cast<unsigned>(rows), kSamplingThreads}, stream, draw,
                               logits, uniform, tokens);
}

LaunchStatus penalise_repetition(std::int64_t count, const std::int32_t* seen, double penalty,
                                 float* logits, Stream stream) {
  if (count < 0 || count > kMostTokens) return refused("sampling: too many tokens");
  if (count == 0 || penalty == 1) return {};
  const auto blocks = static_cast<unsigned>((count + kSamplingThreads - 1) / kSamplingThreads);
  return launch<penalise_repetition_kernel>({blocks, kSamplingThreads}, stream,
                                            static_cast<int>(count), seen,
                                            static_cast<float>(penalty), logits);
}

}  // namespace aiops::kernels::cuda
