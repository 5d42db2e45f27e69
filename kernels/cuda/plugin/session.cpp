// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/session.hpp"

#include "base/error.hpp"
#include "kernels/cuda/cublaslt/linear_plans.hpp"
#include "kernels/cuda/cudnn/attention_plans.hpp"
#include "kernels/cuda/plugin/nccl.hpp"
#include "kernels/cuda/plugin/nvml.hpp"

#include <array>

using aiops::kernels::cuda::check;

aiops_device::aiops_device(const aiops_cuda_options& options)
    : ordinal(options.ordinal),
      deterministic(options.deterministic != 0),
      kernels(options.kernels),
      library_dirs(options.library_dirs == nullptr ? "" : options.library_dirs) {
  int count = 0;
  check(cudaGetDeviceCount(&count), "cudaGetDeviceCount");
  if (ordinal < 0 || ordinal >= count) check(cudaErrorInvalidDevice, "cudaSetDevice");
  use();
  linear_ = std::make_unique<aiops::kernels::cuda::LinearPlans>(library_dirs);
}

aiops_device::~aiops_device() = default;

aiops::kernels::cuda::AttentionPlans* aiops_device::attention() {
  if (kernels == AIOPS_OWN_KERNELS) return nullptr;
  std::call_once(opened_, [this] {
    try {
      attention_ =
          std::make_unique<aiops::kernels::cuda::AttentionPlans>(library_dirs, deterministic);
    } catch (const aiops::Error& error) {
      if (error.code != aiops::ExitCode::no_gpu) throw;  // else `aiops device` says what is missing
    }
  });
  return attention_.get();
}

const aiops::kernels::cuda::Nvml& aiops_device::nvml() {
  std::call_once(counted_,
                 [this] { nvml_ = std::make_unique<aiops::kernels::cuda::Nvml>(library_dirs); });
  return *nvml_;
}

const aiops::kernels::cuda::Nccl& aiops_device::nccl() {
  std::call_once(connected_,
                 [this] { nccl_ = std::make_unique<aiops::kernels::cuda::Nccl>(library_dirs); });
  return *nccl_;
}

std::string aiops_device::pci() const {
  std::array<char, 32> text{};
  check(cudaDeviceGetPCIBusId(text.data(), static_cast<int>(text.size()), ordinal),
        "cudaDeviceGetPCIBusId");
  return text.data();
}

// Streams do not wait for the default stream, which nothing here uses.
aiops_stream::aiops_stream(aiops_device& on) : device(on) {
  device.use();
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
}

aiops_stream::~aiops_stream() { cudaStreamDestroy(stream); }

aiops_event::aiops_event(aiops_device& on) : device(on) {
  device.use();
  check(cudaEventCreateWithFlags(&event, cudaEventDefault), "cudaEventCreateWithFlags");
}

aiops_event::~aiops_event() { cudaEventDestroy(event); }

aiops_graph::aiops_graph(cudaGraph_t recorded) {
  const cudaError_t status = cudaGraphInstantiate(&graph, recorded, 0);
  cudaGraphDestroy(recorded);
  check(status, "cudaGraphInstantiate");
}

aiops_graph::~aiops_graph() { cudaGraphExecDestroy(graph); }
