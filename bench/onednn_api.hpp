// SPDX-License-Identifier: Apache-2.0
// The part of oneDNN's C API that bench/onednn.cpp calls, declared by hand: version 2, which Debian
// 12 has. The names behind the numbers are those of its dnnl_types.h.
#pragma once

#include "bench/onednn.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace aiops::bench::dnnl {

using Handle = void*;

// A dnnl_memory_desc_t (696 bytes) or a description of an operation (of the layer norm's gradient,
// the largest, 3496): structs without pointers that the library alone fills and reads.
struct Description {
  alignas(8) std::array<std::byte, 8192> bytes{};
};

enum Argument : int {  // DNNL_ARG_…
  kSource = 1,
  kSource1 = 2,
  kResult = 17,
  kWeights = 33,
  kMean = 49,
  kVariance = 50,
  kScale = 51,
  kShift = 52,
  kSourceGradient = 129,
  kResultGradient = 145,
  kScaleGradient = 255,
  kShiftGradient = 256,
  kMask = 16384 | kSource1  // DNNL_ARG_ATTR_MULTIPLE_POST_OP(0)
};

struct Operand {  // dnnl_exec_arg_t
  int argument;
  Handle memory;
};

constexpr int kFp32 = 3;                                  // dnnl_f32
constexpr int kForward = 64, kBackward = 128;             // dnnl_forward_training, dnnl_backward
constexpr int kCpu = 1;                                   // dnnl_cpu
constexpr unsigned kInOrder = 1;                          // dnnl_stream_default_flags
constexpr int kSoftPause = 1;                             // omp_pause_soft
constexpr unsigned kOpenMp = 2;                           // DNNL_RUNTIME_OMP
constexpr unsigned kScaleAndShift = 0x8 | 0x10;           // dnnl_use_scale | dnnl_use_shift
constexpr int kGeluTanh = 0xcf;                           // dnnl_eltwise_gelu_tanh
constexpr int kAdd = 0x1fff0;                             // dnnl_binary_add
constexpr int kSoftmax = 0x30000, kLogSoftmax = 0x30001;  // dnnl_softmax_accurate, …_log
constexpr int kImplementation = 8;                        // dnnl_query_impl_info_str

struct Version {  // dnnl_version_t
  int major, minor, patch;
  const char* hash;
  unsigned cpu_runtime, gpu_runtime;
};

// Throws Error{failed} unless a function of the library says that it succeeded.
void require(int status, const char* what);

// A handle that ends with its owner.
class Owned {
 public:
  explicit Owned(int (*destroy)(Handle)) : destroy_(destroy) {}
  ~Owned() {
    if (handle_ != nullptr) destroy_(handle_);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Owned(Owned&& other) noexcept
      : destroy_(other.destroy_), handle_(std::exchange(other.handle_, nullptr)) {}
  Owned& operator=(Owned&&) = delete;

  Handle* fill() { return &handle_; }
  Handle get() const { return handle_; }

 private:
  int (*destroy_)(Handle);
  Handle handle_ = nullptr;
};

// The functions, by the names of dnnl.h.
struct Api {
  int (*memory_desc_init_by_strides)(void*, int, const std::int64_t*, int, const std::int64_t*);
  int (*memory_create)(Handle*, const void*, Handle, void*);
  int (*memory_destroy)(Handle);
  int (*primitive_desc_create)(Handle*, const void*, Handle, Handle, Handle);
  int (*primitive_desc_query)(Handle, int, int, void*);
  int (*primitive_desc_destroy)(Handle);
  int (*primitive_create)(Handle*, Handle);
  int (*primitive_execute)(Handle, Handle, int, const Operand*);
  int (*primitive_destroy)(Handle);
  int (*primitive_attr_create)(Handle*);
  int (*primitive_attr_set_output_scales)(Handle, std::int64_t, int, const float*);
  int (*primitive_attr_set_post_ops)(Handle, Handle);
  int (*primitive_attr_destroy)(Handle);
  int (*post_ops_create)(Handle*);
  int (*post_ops_append_binary)(Handle, int, const void*);
  int (*post_ops_append_sum)(Handle, float);
  int (*post_ops_destroy)(Handle);
  int (*layer_normalization_forward_desc_init)(void*, int, const void*, const void*, float,
                                               unsigned);
  int (*layer_normalization_backward_desc_init)(void*, int, const void*, const void*, const void*,
                                                float, unsigned);
  int (*eltwise_forward_desc_init)(void*, int, int, const void*, float, float);
  int (*eltwise_backward_desc_init)(void*, int, const void*, const void*, float, float);
  int (*softmax_v2_forward_desc_init)(void*, int, int, const void*, const void*, int);
  int (*softmax_v2_backward_desc_init)(void*, int, const void*, const void*, const void*, int);
  int (*binary_desc_init)(void*, int, const void*, const void*, const void*);
  int (*matmul_desc_init)(void*, const void*, const void*, const void*, const void*);
  int (*stream_wait)(Handle);
  // Of GNU's OpenMP: omp_set_num_threads, what compilers call for `omp parallel`, and
  // omp_pause_resource_all.
  void (*set_threads)(int);
  void (*parallel)(void (*)(void*), void*, unsigned, unsigned);
  int (*pause)(int);

  int threads = 1;
  std::string version;
  Handle engine = nullptr, stream = nullptr;
  int (*engine_destroy)(Handle) = nullptr;
  int (*stream_destroy)(Handle) = nullptr;

  explicit Api(int wanted_threads);
  ~Api() {
    if (stream != nullptr) stream_destroy(stream);
    if (engine != nullptr) engine_destroy(engine);
  }
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  Description describe(const DnnTensor& tensor) const;
  Owned memory(const DnnTensor& tensor) const;
  Owned descriptor(const Description& operation, Handle attributes = nullptr,
                   Handle hint = nullptr) const;
  // Sums, scales and masks of a product.
  Owned attributes(const DnnProduct& product) const;
};

}  // namespace aiops::bench::dnnl
