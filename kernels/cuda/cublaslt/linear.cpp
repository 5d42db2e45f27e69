// SPDX-License-Identifier: Apache-2.0
// A linear layer as products: y = x W^T, dx = dy W and dW = dy^T x, with bias and GELU as
// epilogues. cuBLASLt's GELU is the form with tanh, as kernels/gelu.hpp.
#include "base/error.hpp"
#include "kernels/cuda/cublaslt/linear_plans.hpp"
#include "kernels/cuda/plugin/fault.hpp"
#include "kernels/cuda/plugin/operators.hpp"

namespace aiops::kernels::cuda {
namespace {

cudaDataType_t type_of(std::int32_t type) {
  if (type == AIOPS_F32) return CUDA_R_32F;
  if (type == AIOPS_BF16) return CUDA_R_16BF;
  throw Error(ExitCode::failed, "a linear layer of type " + std::to_string(type));
}

void require_sizes(std::int64_t rows, std::int64_t in, std::int64_t out) {
  if (rows <= 0 || in <= 0 || out <= 0)
    throw Error(ExitCode::failed, "a linear layer of " + std::to_string(rows) + " rows, " +
                                      std::to_string(in) + " to " + std::to_string(out));
}

// cublasLt.h, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD: "must be divisible by 8".
void require_aux(const void* aux, std::int64_t width) {
  if (aux != nullptr && width % 8 != 0)
    throw Unsupported{"cuBLASLt keeps a GELU's input in rows of a multiple of 8, not of " +
                      std::to_string(width)};
}

Epilogue forward_epilogue(const aiops_linear_forward& p) {
  const bool is_gelu = p.activation == AIOPS_GELU;
  if (p.activation != AIOPS_NO_ACTIVATION && !is_gelu)
    throw Error(ExitCode::failed, "an activation of kind " + std::to_string(p.activation));
  if (!is_gelu) {
    if (p.pre_activation != nullptr)
      throw Error(ExitCode::failed, "a linear layer without activation has no input of one");
    return {p.bias == nullptr ? CUBLASLT_EPILOGUE_DEFAULT : CUBLASLT_EPILOGUE_BIAS, p.bias};
  }
  require_aux(p.pre_activation, p.out);
  const bool keeps = p.pre_activation != nullptr;
  const auto plain = keeps ? CUBLASLT_EPILOGUE_GELU_AUX : CUBLASLT_EPILOGUE_GELU;
  const auto with_bias = keeps ? CUBLASLT_EPILOGUE_GELU_AUX_BIAS : CUBLASLT_EPILOGUE_GELU_BIAS;
  return {p.bias == nullptr ? plain : with_bias, p.bias, p.pre_activation};
}

}  // namespace

Product product_of(const aiops_linear_forward& p) {
  require_sizes(p.rows, p.in, p.out);
  return {.m = p.out,
          .n = p.rows,
          .k = p.in,
          .op_a = CUBLAS_OP_T,
          .in = type_of(p.type),
          .out = type_of(p.type),
          .a = p.weight,
          .b = p.x,
          .d = p.y,
          .epilogue = forward_epilogue(p)};
}

Product product_of(const aiops_linear_backward_input& p) {
  require_sizes(p.rows, p.in, p.out);
  require_aux(p.pre_activation, p.in);
  const bool is_gelu = p.pre_activation != nullptr;
  if (is_gelu && p.accumulate == AIOPS_ADD)
    throw Error(ExitCode::failed, "the gradient of a GELU's input is not added to");
  return {.m = p.in,
          .n = p.rows,
          .k = p.out,
          .in = type_of(p.type),
          .out = type_of(p.type),
          .beta = p.accumulate == AIOPS_ADD ? 1.0F : 0.0F,
          .a = p.weight,
          .b = p.y_gradient,
          .c = p.x_gradient,
          .d = p.x_gradient,
          .epilogue = {is_gelu ? CUBLASLT_EPILOGUE_DGELU : CUBLASLT_EPILOGUE_DEFAULT, nullptr,
                       p.pre_activation}};
}

// The bias is added to every row of y, so its gradient is the sum of dy over what this product
// sums over: cuBLASLt takes it from its operand B in passing.
Product product_of(const aiops_linear_backward_weight& p) {
  require_sizes(p.rows, p.in, p.out);
  const bool is_biased = p.bias_gradient != nullptr;
  return {.m = p.in,
          .n = p.out,
          .k = p.rows,
          .op_b = CUBLAS_OP_T,
          .in = type_of(p.type),
          .out = CUDA_R_32F,
          .beta = p.accumulate == AIOPS_ADD ? 1.0F : 0.0F,
          .a = p.x,
          .b = p.y_gradient,
          .c = p.weight_gradient,
          .d = p.weight_gradient,
          .epilogue = {is_biased ? CUBLASLT_EPILOGUE_BGRADB : CUBLASLT_EPILOGUE_DEFAULT,
                       p.bias_gradient}};
}

#define AIOPS_LINEAR(name)                                                              \
  std::uint64_t workspace(aiops_device& device, const aiops_##name& parameters) {       \
    return device.linear().workspace(product_of(parameters));                           \
  }                                                                                     \
  void launch(const Place& place, const aiops_##name& parameters) {                     \
    place.device.linear().launch(product_of(parameters), place.stream, place.workspace, \
                                 place.workspace_bytes);                                \
  }
AIOPS_LINEAR(linear_forward)
AIOPS_LINEAR(linear_backward_input)
AIOPS_LINEAR(linear_backward_weight)
#undef AIOPS_LINEAR

}  // namespace aiops::kernels::cuda
