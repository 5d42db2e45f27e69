// SPDX-License-Identifier: Apache-2.0
// cuBLASLt by way of the plug-in's linear layers. Each of their three products is a way that the
// operands of a row-major product can be stored; the fourth, both transposed, no layer has.
#include "bench/device_work.hpp"
#include "bench/gemm_engines.hpp"

#include <optional>

namespace aiops::bench {
namespace {

using kernels::Gemm;
using kernels::Transpose;

// The arrays of one product, and what queues it.
class PreparedProduct {
 public:
  PreparedProduct(std::shared_ptr<const kernels::device::Device> device, const Gemm& shape,
                  const float* a, const float* b)
      : shape_(shape),
        from_a_(a),
        from_b_(b),
        work_(std::move(device)),
        a_(put(a, shape.m * shape.k)),
        b_(put(b, shape.k * shape.n)),
        c_(work_.room(shape.m * shape.n,
                      shape.transpose_a == Transpose::yes ? Type::fp32 : type())),
        queue_(prepare()) {}

  bool is(const Gemm& s, const float* a, const float* b) const {
    return from_a_ == a && from_b_ == b && shape_.m == s.m && shape_.n == s.n && shape_.k == s.k &&
           shape_.transpose_a == s.transpose_a && shape_.transpose_b == s.transpose_b &&
           shape_.precision == s.precision;
  }
  void queue() const { queue_(); }
  void finish() { work_.wait(); }
  void fetch(std::span<float> c) { work_.fetch(c_, c); }

 private:
  Type type() const { return type_of(shape_.precision); }
  DeviceArray put(const float* matrix, std::int64_t count) {
    return work_.put({matrix, static_cast<std::size_t>(count)}, type());
  }

  std::function<void()> prepare() {
    const auto type = static_cast<std::int32_t>(this->type());
    if (shape_.transpose_a == Transpose::yes)  // dW = dy^T x
      return work_.prepare("cuBLASLt", aiops_linear_backward_weight{.type = type,
                                                                    .accumulate = AIOPS_OVERWRITE,
                                                                    .rows = shape_.k,
                                                                    .in = shape_.n,
                                                                    .out = shape_.m,
                                                                    .y_gradient = a_.data(),
                                                                    .x = b_.data(),
                                                                    .weight_gradient = c_.floats(),
                                                                    .bias_gradient = nullptr});
    if (shape_.transpose_b == Transpose::yes)  // y = x W^T
      return work_.prepare("cuBLASLt", aiops_linear_forward{.type = type,
                                                            .activation = AIOPS_NO_ACTIVATION,
                                                            .rows = shape_.m,
                                                            .in = shape_.k,
                                                            .out = shape_.n,
                                                            .x = a_.data(),
                                                            .weight = b_.data(),
                                                            .bias = nullptr,
                                                            .pre_activation = nullptr,
                                                            .y = c_.data()});
    return work_.prepare("cuBLASLt", aiops_linear_backward_input{.type = type,  // dx = dy W
                                                                 .accumulate = AIOPS_OVERWRITE,
                                                                 .rows = shape_.m,
                                                                 .in = shape_.n,
                                                                 .out = shape_.k,
                                                                 .y_gradient = a_.data(),
                                                                 .weight = b_.data(),
                                                                 .pre_activation = nullptr,
                                                                 .x_gradient = c_.data()});
  }

  Gemm shape_;
  const float *from_a_, *from_b_;
  DeviceWork work_;
  DeviceArray a_, b_, c_;
  std::function<void()> queue_;
};

}  // namespace

GemmEngine make_gemm_engine(const std::string&, const BenchGpu& gpu) {
  const auto prepared = std::make_shared<std::optional<PreparedProduct>>();
  GemmEngine engine;
  engine.device = gpu.open();
  engine.multiply = [prepared, device = engine.device](const Gemm& shape, const float* a,
                                                       const float* b, const float*) {
    if (!*prepared || !(*prepared)->is(shape, a, b)) {
      prepared->reset();  // its memory first
      prepared->emplace(device, shape, a, b);
    }
    (*prepared)->queue();
  };
  engine.finish = [prepared] { (*prepared)->finish(); };
  engine.fetch = [prepared](std::span<float> c) { (*prepared)->fetch(c); };
  engine.description =
      BenchGpu::library("cuBLASLt", gpu.version_of("cuBLASLt"), {{"compute", "32F"}});
  return engine;
}

}  // namespace aiops::bench
