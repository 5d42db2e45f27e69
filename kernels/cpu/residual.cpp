// SPDX-License-Identifier: Apache-2.0
#include "kernels/residual.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/parallel.hpp"

namespace aiops::kernels {
namespace {

AIOPS_CLONES void add(std::int64_t count, const float* __restrict branch,
                      float* __restrict stream) {
  for (std::int64_t i = 0; i < count; ++i) stream[i] += branch[i];
}

}  // namespace

void residual_add(std::int64_t count, const float* branch, float* stream, ThreadPool& threads) {
  for_each_chunk(threads, count, 32768, [&](std::int64_t begin, std::int64_t end) {
    add(end - begin, branch + begin, stream + begin);
  });
}

}  // namespace aiops::kernels
