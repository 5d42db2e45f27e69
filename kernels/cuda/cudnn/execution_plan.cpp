// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cudnn/execution_plan.hpp"

#include "kernels/cuda/plugin/fault.hpp"

#include <algorithm>

namespace aiops::kernels::cuda {
namespace {

template <typename Note>
bool has(const std::vector<Note>& notes, Note note) {
  return std::ranges::find(notes, note) != notes.end();
}

Engine describe_engine(const Descriptor& configuration) {
  const Descriptor engine =
      configuration.part(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  const auto numeric = engine.get<cudnnBackendNumericalNote_t>(
      CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
  const auto behaviour = engine.get<cudnnBackendBehaviorNote_t>(
      CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_TYPE_BEHAVIOR_NOTE, CUDNN_BEHAVIOR_NOTE_TYPE_COUNT);
  return {.index = engine.number(CUDNN_ATTR_ENGINE_GLOBAL_INDEX),
          .tensor_cores = has(numeric, CUDNN_NUMERICAL_NOTE_TENSOR_CORE),
          .compiled_now = has(behaviour, CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION),
          .deterministic = !has(numeric, CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC)};
}

Descriptor begin_plan(const Cudnn& dnn, const Descriptor& configuration, const Target& target) {
  Descriptor plan(dnn, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
  if (target.description != nullptr)
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, *target.description);
  else
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, target.handle);
  return plan;
}

}  // namespace

Descriptor describe_device(const Cudnn& dnn, std::string_view json) {
  Descriptor description(dnn, CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  description.set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR,
                  std::span<const char>(json));
  description.finalise("the description of a GPU");
  return description;
}

std::vector<Descriptor> engine_configurations(const Cudnn& dnn, const Descriptor& graph,
                                              const Target& target) {
  Descriptor heuristics(dnn, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, CUDNN_HEUR_MODE_A);
  if (target.description != nullptr)
    heuristics.set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, *target.description);
  heuristics.finalise("cuDNN's choice of engines");
  return heuristics.parts(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
}

ExecutionPlan::ExecutionPlan(const Cudnn& dnn, const Descriptor& graph, const Target& target) {
  const auto configurations = engine_configurations(dnn, graph, target);
  offered_ = configurations.size();
  for (const Descriptor& configuration : configurations) {
    const Engine engine = describe_engine(configuration);
    if (target.deterministic && !engine.deterministic) continue;
    Descriptor plan = begin_plan(dnn, configuration, target);
    if (plan.try_finalise() != CUDNN_STATUS_SUCCESS) continue;
    engine_ = engine;
    workspace_ = static_cast<std::uint64_t>(plan.number(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
    plan_.emplace(std::move(plan));
    return;
  }
  throw Unsupported{"none of cuDNN's " + std::to_string(offered_) +
                    " engine configurations runs the graph" +
                    (target.deterministic ? " with the same bits each time" : "")};
}

void ExecutionPlan::execute(const Cudnn& dnn, cudnnHandle_t handle,
                            std::span<const std::int64_t> ids, std::span<void* const> pointers,
                            void* workspace) const {
  Descriptor pack(dnn, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, ids);
  pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, pointers);
  pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, workspace);
  pack.finalise("the variant pack");
  check(dnn, dnn.cudnnBackendExecute(handle, plan_->get(), pack.get()), "cudnnBackendExecute");
}

}  // namespace aiops::kernels::cuda
