// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cudnn/attention_plans.hpp"

#include "base/error.hpp"
#include "kernels/cuda/plugin/fault.hpp"

#include <cmath>
#include <limits>

namespace aiops::kernels::cuda {
namespace {

constexpr std::uint64_t kAlignment = 256;  // of an allocation

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

std::uint64_t needed(Pass pass, const SdpaShape& shape, const ExecutionPlan& plan) {
  return pass == Pass::forward ? plan.workspace() : SdpaScratch(shape, plan.workspace()).end;
}

}  // namespace

SdpaScratch::SdpaScratch(const SdpaShape& shape, std::uint64_t plan) {
  const auto floats = [](std::int64_t count) {
    return aligned(static_cast<std::uint64_t>(count) * sizeof(float));
  };
  delta = aligned(plan);
  q_sum = delta + floats(shape.rows());
  k_sum = q_sum + floats(shape.out_elements());
  v_sum = k_sum + (shape.is_grouped() ? floats(shape.out_elements()) : 0);
  end = v_sum + (shape.is_grouped() ? floats(shape.out_elements()) : 0);
}

AttentionPlans::AttentionPlans(std::string_view library_dirs, bool deterministic)
    : dnn_(library_dirs), deterministic_(deterministic) {
  check(dnn_, dnn_.cudnnCreate(&handle_), "cudnnCreate");
}

AttentionPlans::~AttentionPlans() {
  plans_.clear();
  dnn_.cudnnDestroy(handle_);
}

// This graph lets blocks add to the gradient of the queries as they finish: cuDNN's developer guide
// has another for the same bits each time, which needs memory of queries × keys.
AttentionPlans::Planned AttentionPlans::find_plan(Pass pass, const SdpaShape& shape) const try {
  if (deterministic_ && pass == Pass::backward) return std::nullopt;
  GraphBuilder builder(dnn_);
  (pass == Pass::forward ? build_forward : build_backward)(shape, builder);
  const Descriptor graph = builder.finish(handle_);
  const Target target{.handle = handle_, .deterministic = deterministic_};
  return ExecutionPlan(dnn_, graph, target);
} catch (const Unsupported&) {
  return std::nullopt;
}

const AttentionPlans::Planned& AttentionPlans::plan(Pass pass, const SdpaShape& shape) {
  const std::pair key(pass, shape);
  const auto found = plans_.find(key);
  if (found != plans_.end()) return found->second;
  return plans_.emplace(key, find_plan(pass, shape)).first->second;
}

std::optional<std::uint64_t> AttentionPlans::workspace(Pass pass, const SdpaShape& shape) {
  const std::lock_guard lock(mutex_);
  const Planned& found = plan(pass, shape);
  if (!found) return std::nullopt;
  return needed(pass, shape, *found);
}

void AttentionPlans::launch(Pass pass, const SdpaShape& shape, VariantPack pack,
                            cudaStream_t stream, void* workspace, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);  // the handle has one stream at a time
  const ExecutionPlan& found = plan(pass, shape).value();
  if (bytes < needed(pass, shape, found))
    throw Error(ExitCode::failed, "attention needs " + std::to_string(needed(pass, shape, found)) +
                                      " bytes of workspace and has " + std::to_string(bytes));
  float scale = 1 / std::sqrt(static_cast<float>(shape.head_dim));
  float one = 1;
  float minus_infinity = -std::numeric_limits<float>::infinity();
  pack.add(kScale, &scale);
  if (shape.queries > 1) pack.add(kMinusInfinity, &minus_infinity);
  if (pass == Pass::backward) {
    const SdpaScratch scratch(shape, found.workspace());
    auto* const base = static_cast<std::byte*>(workspace);
    pack.add(kOne, &one);
    pack.add(kDelta, base + scratch.delta);
    pack.add(kQSum, base + scratch.q_sum);
    if (shape.is_grouped()) {
      pack.add(kKPerQuery, base + scratch.k_sum);
      pack.add(kVPerQuery, base + scratch.v_sum);
    }
  }
  check(dnn_, dnn_.cudnnSetStream(handle_, stream), "cudnnSetStream");
  found.execute(dnn_, handle_, pack.ids(), pack.pointers(), workspace);
}

}  // namespace aiops::kernels::cuda
