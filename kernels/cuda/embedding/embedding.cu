// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/embedding/embedding.cuh"

namespace aiops::kernels::cuda {
namespace {

constexpr std::int64_t kMostColumns = std::int64_t{65535} * kElementThreads;

}  // namespace

template <typename T>
LaunchStatus embedding_forward(std::int64_t count, std::int64_t width, const std::int32_t* tokens,
                               const T* table, T* out, Stream stream) {
  if (count < 0 || width < 1) return refused("embedding: count below 0 or width below 1");
  if (count > kMostElements / width) return refused("embedding: too many elements");
  if (count == 0) return {};
  return in_packs<T>(
      width,
      [&]<int N>() {
        return launch<embedding_forward_kernel<T, N>>(over_elements(count * width, N), stream,
                                                      count, width, tokens, table, out);
      },
      table, out);
}

template <typename T>
LaunchStatus embedding_backward(const OccurrencesThere& occurrences, std::int64_t width,
                                const T* out_gradient, float* table_gradient, Stream stream) {
  if (width < 1 || width > kMostColumns) return refused("embedding: width below 1 or too large");
  if (occurrences.tokens_that_occur < 0 || occurrences.tokens_that_occur > kLargestGrid)
    return refused("embedding: too many tokens");
  if (occurrences.tokens_that_occur == 0) return {};
  const LaunchShape shape{
      dim3(static_cast<unsigned>(occurrences.tokens_that_occur),
           static_cast<unsigned>((width + kElementThreads - 1) / kElementThreads)),
      kElementThreads};
  return launch<embedding_backward_kernel<T>>(shape, stream, occurrences, width, out_gradient,
                                              table_gradient);
}

template LaunchStatus embedding_forward(std::int64_t, std::int64_t, const std::int32_t*,
                                        const float*, float*, Stream);
template LaunchStatus embedding_forward(std::int64_t, std::int64_t, const std::int32_t*,
                                        const BFloat16*, BFloat16*, Stream);
template LaunchStatus embedding_backward(const OccurrencesThere&, std::int64_t, const float*,
                                         float*, Stream);
template LaunchStatus embedding_backward(const OccurrencesThere&, std::int64_t, const BFloat16*,
                                         float*, Stream);

}  // namespace aiops::kernels::cuda
