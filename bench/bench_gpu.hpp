// SPDX-License-Identifier: Apache-2.0
// A GPU that a suite is measured on: opened once, and what records say of it.
#pragma once

#include "base/json.hpp"
#include "bench/device_chain.hpp"
#include "bench/gpu_watch.hpp"
#include "bench/record.hpp"
#include "bench/sampler.hpp"
#include "kernels/device/device.hpp"
#include "kernels/device/gpu_models.hpp"
#include "kernels/gemm.hpp"

#include <memory>
#include <string>

namespace aiops::bench {

// What engines of a suite compute with.
enum class Hardware { cpu, gpu };

struct GpuChoice {
  kernels::device::Search search = {};
  int ordinal = 0;
};

class BenchGpu {
 public:
  // Throws Error{no_gpu} when it cannot be used, saying which link is missing and what to do.
  explicit BenchGpu(const GpuChoice& choice);

  std::shared_ptr<const kernels::device::Device> open(
      kernels::device::Kernels kernels = kernels::device::Kernels::best) const;

  // The record's `gpu`: what makes records of GPUs comparable, the kind and the driver's release.
  Json describe() const;
  // The version of a link of the chain, "cuBLASLt"; null without it.
  Json version_of(const std::string& link) const;
  // The record's `engine`: a library, or kernels of our own.
  static Json library(const std::string& name, const Json& version, Json flags = Json::object());
  Json own_kernels() const;
  Json model_engine() const;  // both, as the passes of a model take them

  // Has a case wait for what its calls queued on `stream`, with enough of them in a sample for the
  // clock of the host, and be looked at by NVML's counters.
  void watch(Case& subject, const std::shared_ptr<const kernels::device::Device>& device) const;

  // What the maker promises of a rate that counts operations in products of that precision, or
  // bytes; nothing of a GPU that kernels/device/gpus does not name.
  void promise_flops(Measurement& result, kernels::Precision precision) const;
  void promise_bytes(Measurement& result) const;
  // The same for who works the rate out; null where it is not named.
  const kernels::device::GpuModel* datasheet() const { return model_; }

 private:
  DeviceChain chain_;
  Gpu gpu_;
  const kernels::device::GpuModel* model_;
};

}  // namespace aiops::bench
