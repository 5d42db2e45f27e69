// SPDX-License-Identifier: Apache-2.0
// Device memory of the executors, for trials.
#pragma once

#include "kernels/cuda/trials/trial.hpp"
#include "tests/simt/runtime/device.hpp"

namespace aiops::simt {

class ExecutorDevice : public kernels::cuda::Device {
 public:
  void* allocate(std::size_t bytes, const char* name) override {
    return simt::allocate(bytes, name);
  }
  void release(void* p) override { simt::release(p); }
  void copy_to(void* to, const void* from, std::size_t bytes) override {
    copy_to_device(to, from, bytes);
  }
  void copy_from(void* to, const void* from, std::size_t bytes) override {
    copy_from_device(to, from, bytes);
  }
};

}  // namespace aiops::simt
