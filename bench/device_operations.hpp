// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/device_work.hpp"
#include "bench/operations.hpp"

#include <memory>

namespace aiops::bench {

// Has an operation run on a GPU, by the plug-in's kernels and in fp32, on copies of its arrays that
// are made now. Running it only queues.
void move_to(const std::shared_ptr<const kernels::device::Device>& device,
             const OperationKind& kind, Operation& operation);

// Copies within a GPU's memory, which move as many bytes as something else does: read once and
// written once.
class DeviceMemoryProbe {
 public:
  DeviceMemoryProbe(const std::shared_ptr<const kernels::device::Device>& device,
                    std::int64_t bytes);

  void queue();
  void wait() { stream_.synchronise(); }
  // What queue() moves: the bytes asked for, up to whole words.
  std::int64_t bytes() const { return 2 * static_cast<std::int64_t>(from_.size()); }

 private:
  std::shared_ptr<const kernels::device::Device> device_;
  kernels::device::Memory from_, to_;
  kernels::device::Stream stream_;
};

}  // namespace aiops::bench
