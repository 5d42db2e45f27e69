// SPDX-License-Identifier: Apache-2.0
// What cuBLASLt's opaque handles are made of here. A drop-in for libcublasLt.so.13 that checks
// every argument and then computes on the CPU, in stream order, what was asked for. Rule: what is
// not modelled is a complaint and an error, never ignored.
#pragma once

#include <cublasLt.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>

namespace aiops::fakes {

struct Handle {};

struct MatrixLayout {  // by columns
  cudaDataType type;
  std::uint64_t rows, columns;
  std::int64_t ld;
  auto operator<=>(const MatrixLayout&) const = default;
};

struct Operation {
  cublasComputeType_t compute;
  cudaDataType scale;
  std::int32_t op_a = CUBLAS_OP_N, op_b = CUBLAS_OP_N;
  std::uint32_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
  const void* bias = nullptr;
  void* aux = nullptr;
  std::int64_t aux_ld = 0;
};

struct Preference {
  std::uint64_t most_workspace = 0;
  std::uint32_t align_a = 256, align_b = 256, align_c = 256, align_d = 256;  // cublasLt.h: defaults
};

// One matrix product, all of it.
struct Problem {
  Operation operation;
  MatrixLayout a, b, c, d;

  bool is_transposed_a() const { return operation.op_a != CUBLAS_OP_N; }
  bool is_transposed_b() const { return operation.op_b != CUBLAS_OP_N; }
  std::uint64_t m() const { return is_transposed_a() ? a.columns : a.rows; }
  std::uint64_t k() const { return is_transposed_a() ? a.rows : a.columns; }
  std::uint64_t n() const { return is_transposed_b() ? b.rows : b.columns; }
  std::uint64_t k_of_b() const { return is_transposed_b() ? b.columns : b.rows; }

  bool has(std::uint32_t epilogue) const { return operation.epilogue == epilogue; }
  bool adds_bias() const;
  bool sums_bias() const;  // a bias gradient
  bool applies_gelu() const;
  bool keeps_gelu_input() const;
  bool reads_gelu_input() const;
  std::uint64_t bias_elements() const { return sums_bias() ? n() : m(); }
};

// What is wrong with the shapes and types; empty: nothing.
std::string fault_of(const Problem& problem);
// How the bytes of an algorithm say what it was chosen for.
std::uint64_t fingerprint(const Problem& problem);

// Complains and gives the status of a call that was refused.
cublasStatus_t refuse(const std::string& what);

// Objects by their handles, to find dead ones.
template <typename Object, typename Handle>
class Register {
 public:
  cublasStatus_t add(Handle* handle, Object object) {
    *handle = reinterpret_cast<Handle>(new Object(std::move(object)));
    const std::lock_guard lock(mutex_);
    live_.insert(*handle);
    return CUBLAS_STATUS_SUCCESS;
  }
  cublasStatus_t remove(Handle handle, const char* call) {
    Object* object = find(handle);
    if (object == nullptr) return refuse(std::string(call) + " of what is not there");
    const std::lock_guard lock(mutex_);
    live_.erase(handle);
    delete object;
    return CUBLAS_STATUS_SUCCESS;
  }
  Object* find(Handle handle) {
    const std::lock_guard lock(mutex_);
    return live_.contains(handle) ? reinterpret_cast<Object*>(handle) : nullptr;
  }

 private:
  std::mutex mutex_;
  std::unordered_set<const void*> live_;
};

Register<Handle, cublasLtHandle_t>& handles();
Register<MatrixLayout, cublasLtMatrixLayout_t>& layouts();
Register<Operation, cublasLtMatmulDesc_t>& operations();
Register<Preference, cublasLtMatmulPreference_t>& preferences();

}  // namespace aiops::fakes
