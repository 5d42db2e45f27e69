// SPDX-License-Identifier: Apache-2.0
// Attention on a GPU: cuDNN's and the plug-in's own, each of a device that takes nothing else.
#include "bench/attention_engines.hpp"
#include "bench/device_work.hpp"
#include "kernels/device/attention_shape.hpp"

namespace aiops::bench {
namespace {

using kernels::Attention;
using kernels::device::Kernels;

class DeviceAttention {
 public:
  DeviceAttention(std::shared_ptr<const kernels::device::Device> device, const std::string& engine,
                  AttentionProblem& problem)
      : p_(problem),
        work_(std::move(device)),
        q_(put(p_.q)),
        k_(put(p_.k)),
        v_(put(p_.v)),
        out_gradient_(put(p_.out_gradient)),
        out_(room(p_.out)),
        logsumexp_(work_.room(static_cast<std::int64_t>(p_.logsumexp.size()), Type::fp32)),
        q_gradient_(room(p_.q_gradient)),
        k_gradient_(room(p_.k_gradient)),
        v_gradient_(room(p_.v_gradient)),
        forward_(prepare_forward(engine)),
        backward_(prepare_backward(engine)) {}

  void forward() const { forward_(); }
  void backward() const { backward_(); }
  void finish() { work_.wait(); }
  void fetch() {
    work_.fetch(out_, p_.out);
    work_.fetch(q_gradient_, p_.q_gradient);
    work_.fetch(k_gradient_, p_.k_gradient);
    work_.fetch(v_gradient_, p_.v_gradient);
  }

 private:
  Type type() const { return type_of(p_.shape.precision); }
  DeviceArray put(const std::vector<float>& numbers) { return work_.put(numbers, type()); }
  DeviceArray room(const std::vector<float>& like) {
    return work_.room(static_cast<std::int64_t>(like.size()), type());
  }
  aiops_attention_shape shape() const { return kernels::device::parameters_of(p_.shape); }

  std::function<void()> prepare_forward(const std::string& engine) {
    return work_.prepare(engine, aiops_attention_forward{.type = static_cast<std::int32_t>(type()),
                                                         .shape = shape(),
                                                         .q = q_.data(),
                                                         .k = k_.data(),
                                                         .v = v_.data(),
                                                         .out = out_.data(),
                                                         .logsumexp = logsumexp_.floats()});
  }
  std::function<void()> prepare_backward(const std::string& engine) {
    return work_.prepare(engine, aiops_attention_backward{.type = static_cast<std::int32_t>(type()),
                                                          .shape = shape(),
                                                          .q = q_.data(),
                                                          .k = k_.data(),
                                                          .v = v_.data(),
                                                          .out = out_.data(),
                                                          .logsumexp = logsumexp_.floats(),
                                                          .out_gradient = out_gradient_.data(),
                                                          .q_gradient = q_gradient_.data(),
                                                          .k_gradient = k_gradient_.data(),
                                                          .v_gradient = v_gradient_.data()});
  }

  AttentionProblem& p_;
  DeviceWork work_;
  DeviceArray q_, k_, v_, out_gradient_, out_, logsumexp_, q_gradient_, k_gradient_, v_gradient_;
  std::function<void()> forward_, backward_;
};

}  // namespace

AttentionEngine make_attention_engine(const std::string& name, AttentionProblem& problem,
                                      const BenchGpu& gpu) {
  const bool is_library = name == "cudnn";
  const Json version = is_library ? gpu.version_of("cuDNN") : Json(nullptr);
  if (is_library && version.is_null())
    throw Error(ExitCode::no_gpu, "cuDNN cannot be used", "aiops device says what is missing");
  AttentionEngine engine;
  engine.description = is_library ? BenchGpu::library("cuDNN", version) : gpu.own_kernels();
  engine.device = gpu.open(is_library ? Kernels::library : Kernels::own);
  const auto work = std::make_shared<DeviceAttention>(
      engine.device, engine.description.at("name").get<std::string>(), problem);
  engine.forward = [work] { work->forward(); };
  engine.backward = [work] { work->backward(); };
  engine.finish = [work] { work->finish(); };
  engine.fetch = [work] { work->fetch(); };
  return engine;
}

}  // namespace aiops::bench
