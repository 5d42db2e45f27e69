// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/layer/functions.cuh"
#include "tests/simt/layer/layer_kernels.hpp"
#include "tests/simt/layer/together.cuh"

namespace aiops::layer {

LaunchStatus map_float(const char* function, const float* in, float* out) {
#define AIOPS_CALL(name)                 \
  if (std::strcmp(function, #name) == 0) \
    return launch<map_kernel<name, float>>({1, kLanes}, nullptr, in, out);
  AIOPS_FLOAT_FUNCTIONS(AIOPS_CALL)
#undef AIOPS_CALL
  return refused("no such function");
}

LaunchStatus map_integer(const char* function, const std::int32_t* in, std::int32_t* out) {
#define AIOPS_CALL(name)                 \
  if (std::strcmp(function, #name) == 0) \
    return launch<map_kernel<name, std::int32_t>>({1, kLanes}, nullptr, in, out);
  AIOPS_INTEGER_FUNCTIONS(AIOPS_CALL)
#undef AIOPS_CALL
  return refused("no such function");
}

LaunchStatus product_bf16(bool b_is_transposed, const BFloat16* a, const BFloat16* b, float* c) {
  const LaunchShape warp{1, kLanes};
  return b_is_transposed ? launch<product_bf16_kernel<true>>(warp, nullptr, a, b, c)
                         : launch<product_bf16_kernel<false>>(warp, nullptr, a, b, c);
}

LaunchStatus product_tf32(const float* a, const float* b, float* c) {
  return launch<product_tf32_kernel>({1, kLanes}, nullptr, a, b, c);
}

LaunchStatus exchange(const std::int32_t* in, std::int32_t* out) {
  return launch<exchange_kernel>({1, kLanes}, nullptr, in, out);
}

LaunchStatus count(const std::int32_t* in, std::int32_t* counters) {
  return launch<count_kernel>({1, 64}, nullptr, in, counters);
}

LaunchStatus copy(const std::uint8_t* in, std::uint8_t* out) {
  return launch<copy_kernel>({1, 64}, nullptr, in, out);
}

LaunchStatus transpose(const float* in, float* out) {
  const std::size_t bytes = sizeof(float) * kRows * kColumns * kDepth;
  return launch<transpose_kernel>({1, dim3(kColumns, kRows), bytes}, nullptr, in, out);
}

}  // namespace aiops::layer
