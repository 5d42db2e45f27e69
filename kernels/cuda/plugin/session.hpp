// SPDX-License-Identifier: Apache-2.0
// What the handles of the interface are made of.
#pragma once

#include "kernels/cuda/plugin/runtime.hpp"
#include "kernels/device/abi.h"

#include <memory>
#include <mutex>
#include <string>

namespace aiops::kernels::cuda {
class LinearPlans;
class AttentionPlans;
struct Nccl;
struct Nvml;
}  // namespace aiops::kernels::cuda

// One GPU with the libraries that compute on it and what they have planned.
struct aiops_device {
  explicit aiops_device(const aiops_cuda_options& options);
  ~aiops_device();
  aiops_device(const aiops_device&) = delete;
  aiops_device& operator=(const aiops_device&) = delete;

  void use() const { aiops::kernels::cuda::use_device(ordinal); }
  aiops::kernels::cuda::LinearPlans& linear() const { return *linear_; }
  // cuDNN's, which is opened the first time; null where it is missing or not wanted.
  aiops::kernels::cuda::AttentionPlans* attention();
  // Opened the first time. Throws Error{no_gpu} without NVML.
  const aiops::kernels::cuda::Nvml& nvml();
  // The same of NCCL.
  const aiops::kernels::cuda::Nccl& nccl();
  std::string pci() const;

  const int ordinal;
  const bool deterministic;
  const std::int32_t kernels;  // an aiops_kernels
  const std::string library_dirs;

 private:
  std::unique_ptr<aiops::kernels::cuda::LinearPlans> linear_;
  std::once_flag opened_;
  std::unique_ptr<aiops::kernels::cuda::AttentionPlans> attention_;
  std::once_flag counted_;
  std::unique_ptr<aiops::kernels::cuda::Nvml> nvml_;
  std::once_flag connected_;
  std::unique_ptr<aiops::kernels::cuda::Nccl> nccl_;
};

struct aiops_stream {
  explicit aiops_stream(aiops_device& on);
  ~aiops_stream();
  aiops_stream(const aiops_stream&) = delete;
  aiops_stream& operator=(const aiops_stream&) = delete;

  aiops_device& device;
  cudaStream_t stream = nullptr;
};

struct aiops_event {
  explicit aiops_event(aiops_device& on);
  ~aiops_event();
  aiops_event(const aiops_event&) = delete;
  aiops_event& operator=(const aiops_event&) = delete;

  aiops_device& device;
  cudaEvent_t event = nullptr;
};

struct aiops_graph {
  explicit aiops_graph(cudaGraph_t recorded);
  ~aiops_graph();
  aiops_graph(const aiops_graph&) = delete;
  aiops_graph& operator=(const aiops_graph&) = delete;

  cudaGraphExec_t graph = nullptr;
};
