// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/cublaslt/objects.hpp"

#include <array>
#include <functional>

namespace aiops::fakes {
namespace {

constexpr std::uint32_t kEpilogues[] = {CUBLASLT_EPILOGUE_DEFAULT,  CUBLASLT_EPILOGUE_BIAS,
                                        CUBLASLT_EPILOGUE_GELU,     CUBLASLT_EPILOGUE_GELU_BIAS,
                                        CUBLASLT_EPILOGUE_GELU_AUX, CUBLASLT_EPILOGUE_GELU_AUX_BIAS,
                                        CUBLASLT_EPILOGUE_DGELU,    CUBLASLT_EPILOGUE_BGRADB};

bool is_modelled(std::uint32_t epilogue) {
  for (const std::uint32_t one : kEpilogues)
    if (one == epilogue) return true;
  return false;
}

// The types of A, B and D that the real library multiplies in fp32 and we use.
bool are_types_allowed(const Problem& p) {
  if (p.a.type != p.b.type || p.c.type != p.d.type) return false;
  return p.a.type == p.d.type || (p.a.type == CUDA_R_16BF && p.d.type == CUDA_R_32F);
}

std::string size_of(std::uint64_t rows, std::uint64_t columns) {
  return std::to_string(rows) + " x " + std::to_string(columns);
}

}  // namespace

bool Problem::adds_bias() const {
  return has(CUBLASLT_EPILOGUE_BIAS) || has(CUBLASLT_EPILOGUE_GELU_BIAS) ||
         has(CUBLASLT_EPILOGUE_GELU_AUX_BIAS);
}
bool Problem::sums_bias() const { return has(CUBLASLT_EPILOGUE_BGRADB); }
bool Problem::applies_gelu() const {
  return has(CUBLASLT_EPILOGUE_GELU) || has(CUBLASLT_EPILOGUE_GELU_BIAS) || keeps_gelu_input();
}
bool Problem::keeps_gelu_input() const {
  return has(CUBLASLT_EPILOGUE_GELU_AUX) || has(CUBLASLT_EPILOGUE_GELU_AUX_BIAS);
}
bool Problem::reads_gelu_input() const { return has(CUBLASLT_EPILOGUE_DGELU); }

std::string fault_of(const Problem& p) {
  const Operation& o = p.operation;
  for (const std::int32_t op : {o.op_a, o.op_b})
    if (op != CUBLAS_OP_N && op != CUBLAS_OP_T) return "an operation on an operand, not modelled";
  if (!is_modelled(o.epilogue))
    return "epilogue " + std::to_string(o.epilogue) + " is not modelled";
  if (!are_types_allowed(p)) return "types that do not go together";
  if (p.k() != p.k_of_b())
    return "op(A) is " + size_of(p.m(), p.k()) + ", op(B) is " + size_of(p.k_of_b(), p.n());
  if (p.d.rows != p.m() || p.d.columns != p.n())
    return "D is " + size_of(p.d.rows, p.d.columns) + ", not " + size_of(p.m(), p.n());
  if (p.c != p.d) return "C and D are laid out differently";
  if ((p.adds_bias() || p.sums_bias()) && o.bias == nullptr) return "an epilogue without its bias";
  if (!p.keeps_gelu_input() && !p.reads_gelu_input()) return {};
  if (o.aux == nullptr) return "an epilogue without its auxiliary matrix";
  // cublasLt.h, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD.
  if (o.aux_ld % 8 != 0 || o.aux_ld < static_cast<std::int64_t>(p.m()))
    return "an auxiliary matrix whose columns are " + std::to_string(o.aux_ld) + " apart";
  return {};
}

// FNV-1a over what an algorithm depends on: the pointers are not among it.
std::uint64_t fingerprint(const Problem& p) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&](auto value) {
    hash = (hash ^ static_cast<std::uint64_t>(value)) * 0x100000001b3;
  };
  mix(p.operation.op_a);
  mix(p.operation.op_b);
  mix(p.operation.epilogue);
  mix(p.operation.aux_ld);
  for (const MatrixLayout* layout : {&p.a, &p.b, &p.c, &p.d}) {
    mix(layout->type);
    mix(layout->rows);
    mix(layout->columns);
    mix(layout->ld);
  }
  return hash;
}

}  // namespace aiops::fakes
