// SPDX-License-Identifier: Apache-2.0
// What else does an operation of bench/operations.hpp, on the same arrays.
#pragma once

#include "base/json.hpp"
#include "bench/bench_gpu.hpp"
#include "bench/onednn.hpp"
#include "bench/operations.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aiops::bench {

// aiops: kernels/; onednn: the library. On a GPU aiops: the plug-in's own kernels.
std::vector<std::string> operator_engines(Hardware hardware = Hardware::cpu);
bool engine_has(const std::string& engine, const OperationKind& kind);

class OperatorEngine {
 public:
  // `name` is one of operator_engines(). Throws what OneDnn() throws.
  OperatorEngine(const std::string& name, std::size_t threads);
  // The one of operator_engines(Hardware::gpu).
  explicit OperatorEngine(std::shared_ptr<const BenchGpu> gpu);

  // Has the operation run on this engine, whatever it ran on. Returns the record's `engine`.
  Json adopt(const OperationKind& kind, Operation& operation) const;
  // Null for the CPU.
  const std::shared_ptr<const kernels::device::Device>& device() const { return device_; }
  // Ahead of each sample, and behind it.
  std::function<void()> before() const;
  std::function<void()> after() const;

 private:
  std::shared_ptr<const OneDnn> library_;  // null: our own
  std::shared_ptr<const BenchGpu> gpu_;    // null: the CPU
  std::shared_ptr<const kernels::device::Device> device_;
};

}  // namespace aiops::bench
