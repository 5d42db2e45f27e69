// SPDX-License-Identifier: Apache-2.0
// From a graph to something that runs: cuDNN offers engine configurations, best first, and the
// first that can be finalised is taken.
#pragma once

#include "kernels/cuda/cudnn/descriptor.hpp"

#include <optional>

namespace aiops::kernels::cuda {

// What a plan is made for: the device of a handle, or a described one that need not be there.
struct Target {
  cudnnHandle_t handle = nullptr;
  const Descriptor* description = nullptr;
  bool deterministic = false;  // only engines that say so
};

// A description from cuDNN's own JSON. Throws Error.
Descriptor describe_device(const Cudnn& dnn, std::string_view json);

struct Engine {
  std::int64_t index = -1;  // cuDNN's number for it
  bool tensor_cores = false, compiled_now = false, deterministic = true;
};

class ExecutionPlan {
 public:
  // Throws Unsupported when no engine takes the graph.
  ExecutionPlan(const Cudnn& dnn, const Descriptor& graph, const Target& target);

  std::uint64_t workspace() const { return workspace_; }
  const Engine& engine() const { return engine_; }
  std::size_t offered() const { return offered_; }  // engine configurations

  // Queues it. Ids and pointers belong together; pointers of scalars are to the host.
  void execute(const Cudnn& dnn, cudnnHandle_t handle, std::span<const std::int64_t> ids,
               std::span<void* const> pointers, void* workspace) const;

 private:
  std::optional<Descriptor> plan_;
  Engine engine_;
  std::uint64_t workspace_ = 0;
  std::size_t offered_ = 0;
};

// How many engine configurations cuDNN offers for the graph; 0 also where it cannot ask a driver.
std::vector<Descriptor> engine_configurations(const Cudnn& dnn, const Descriptor& graph,
                                              const Target& target);

}  // namespace aiops::kernels::cuda
