// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/bench_gpu.hpp"
#include "cli/arguments.hpp"
#include "cli/verb.hpp"
#include "train/device/open.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace aiops::commands {

// The flags of every verb that opens the CUDA plug-in, and what they say.
std::vector<Flag> device_flags();
kernels::device::Search device_search(const Arguments& arguments);

// The flags of verbs that compute with models, on the CPU or a GPU; what they say, and the device
// that is opened: null for the CPU.
struct ComputeOptions {
  std::optional<int> gpu = {};  // none: the CPU
  kernels::device::Search search = {};

  std::shared_ptr<const kernels::device::Device> open(
      train::Determinism determinism = train::Determinism::on, int local_rank = 0) const;
};
std::vector<Flag> with_compute_flags(std::vector<Flag> flags);
ComputeOptions resolve_compute(const Arguments& arguments);
// The same for suites of `aiops bench`; none: the CPU. Throws Error{usage} for flags that are of
// the CPU alone.
std::optional<bench::GpuChoice> resolve_bench_gpu(const Arguments& arguments);

}  // namespace aiops::commands
