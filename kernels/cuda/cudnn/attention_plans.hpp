// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/cudnn/execution_plan.hpp"
#include "kernels/cuda/cudnn/sdpa.hpp"
#include "kernels/cuda/plugin/runtime.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace aiops::kernels::cuda {

enum class Pass { forward, backward };

// A variant pack under construction: tensors by their numbers.
class VariantPack {
 public:
  void add(SdpaTensor tensor, const void* pointer) {
    ids_.push_back(tensor);
    pointers_.push_back(const_cast<void*>(pointer));
  }
  std::span<const std::int64_t> ids() const { return ids_; }
  std::span<void* const> pointers() const { return pointers_; }

 private:
  std::vector<std::int64_t> ids_;
  std::vector<void*> pointers_;
};

// Where the scratch of a backward pass lies behind the plan's own workspace, in bytes.
struct SdpaScratch {
  SdpaScratch(const SdpaShape& shape, std::uint64_t plan);
  std::uint64_t delta, q_sum, k_sum, v_sum, end;
};

// cuDNN's attention on one device: each shape is planned once. Safe from several threads.
class AttentionPlans {
 public:
  // Throws Error{no_gpu}.
  AttentionPlans(std::string_view library_dirs, bool deterministic);
  ~AttentionPlans();

  // Plans the shape, once; bytes of scratch. Nothing: cuDNN refuses it.
  std::optional<std::uint64_t> workspace(Pass pass, const SdpaShape& shape);
  // The shape is planned. The pack holds what is in memory; scalars and scratch are added to it.
  void launch(Pass pass, const SdpaShape& shape, VariantPack pack, cudaStream_t stream,
              void* workspace, std::uint64_t bytes);

 private:
  using Planned = std::optional<ExecutionPlan>;  // nothing: it was refused
  const Planned& plan(Pass pass, const SdpaShape& shape);
  Planned find_plan(Pass pass, const SdpaShape& shape) const;

  Cudnn dnn_;
  bool deterministic_;
  cudnnHandle_t handle_ = nullptr;
  std::mutex mutex_;
  std::map<std::pair<Pass, SdpaShape>, Planned> plans_;
};

}  // namespace aiops::kernels::cuda
