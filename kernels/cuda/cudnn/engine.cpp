// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cudnn/engine.hpp"

#include "kernels/cuda/cudnn/attention_plans.hpp"
#include "kernels/cuda/plugin/fault.hpp"

#include <string_view>

namespace aiops::kernels::cuda {
namespace {

std::string name_of(const Engine& engine) {
  return "engine " + std::to_string(engine.index) + (engine.tensor_cores ? ", tensor cores" : "") +
         (engine.compiled_now ? ", compiled when first used" : "");
}

void find_attention(const Cudnn& dnn, std::string_view json, Pass pass, std::int32_t type,
                    const aiops_attention_shape& parameters, bool deterministic,
                    aiops_engine& engine) {
  if (const auto why = why_not(type, parameters)) throw Unsupported{*why};
  const SdpaShape shape = shape_of(parameters);
  const Descriptor device = describe_device(dnn, json);
  GraphBuilder builder(dnn);
  (pass == Pass::forward ? build_forward : build_backward)(shape, builder);
  const Descriptor graph = builder.finish(nullptr);
  const Target target{.description = &device, .deterministic = deterministic};
  if (engine_configurations(dnn, graph, target).empty()) {
    engine.offered = -1;
    put(engine.remark, "cuDNN accepts the graph; engines it names only beside a libcuda.so.1");
    return;
  }
  const ExecutionPlan plan(dnn, graph, target);
  engine.offered = static_cast<std::int32_t>(plan.offered());
  engine.deterministic = pass == Pass::forward && plan.engine().deterministic ? 1 : 0;
  engine.workspace =
      pass == Pass::forward ? plan.workspace() : SdpaScratch(shape, plan.workspace()).end;
  put(engine.name, name_of(plan.engine()));
}

void find(const aiops_cuda_options& options, std::string_view json, std::string_view name,
          const void* parameters, aiops_engine& engine) {
  engine = {};
  const bool is_forward = name == "attention_forward";
  if (!is_forward && name != "attention_backward")
    throw Unsupported{"no library is asked for " + std::string(name)};
  const Cudnn dnn(options.library_dirs == nullptr ? "" : options.library_dirs);
  put(engine.library, "cuDNN " + dnn.version());
  const auto search = [&](Pass pass, const auto& p) {
    find_attention(dnn, json, pass, p.type, p.shape, options.deterministic != 0, engine);
  };
  if (is_forward)
    search(Pass::forward, *static_cast<const aiops_attention_forward*>(parameters));
  else
    search(Pass::backward, *static_cast<const aiops_attention_backward*>(parameters));
}

}  // namespace

std::int32_t find_engine(const aiops_cuda_options* options, const char* device_json,
                         const char* name, const void* parameters, aiops_engine* engine,
                         aiops_fault* fault) {
  return guarded(fault, [&] { find(*options, device_json, name, parameters, *engine); });
}

}  // namespace aiops::kernels::cuda
