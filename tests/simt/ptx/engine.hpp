// SPDX-License-Identifier: Apache-2.0
// Runs the PTX that nvcc made of a kernel in place of the source. The launcher, the fibers, the
// shadow memory are the same; what differs is what nvcc did: its optimisations, the branches under
// __CUDA_ARCH__, the text of inline asm.
#pragma once

#include "tests/simt/ptx/module.hpp"
#include "tests/simt/runtime/device.hpp"

#include <map>
#include <string>
#include <vector>

namespace aiops::simt::ptx {

class PtxEngine : public Engine {
 public:
  PtxEngine();

  // Adds the kernels of a module. Throws aiops::Error where it holds what the executor does not
  // know.
  void load(const std::string& text);

  kernels::cuda::LaunchStatus prepare(const Launch& launch) override;
  void run_thread(const Launch& launch) override;
  std::string place(int thread) const override;

  std::map<std::string, Function>& functions() { return functions_; }

  // Instructions since the engine was made, and how many a launch may take before it is stopped.
  std::uint64_t executed = 0;
  std::uint64_t most_per_launch = std::uint64_t{1} << 34U;

 private:
  void start(Lane& lane, const Launch& launch) const;

  std::map<std::string, Function> functions_;  // by demangled name
  std::map<std::string, Variable> shared_;
  Function* function_ = nullptr;  // that runs
  std::vector<std::uint64_t> initial_;
  std::vector<Lane> lanes_;
  std::uint64_t left_ = 0;
};

}  // namespace aiops::simt::ptx
