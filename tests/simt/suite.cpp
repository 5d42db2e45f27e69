// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/suite.hpp"

#include "kernels/cuda/operators.hpp"

namespace aiops::kernels::cuda {
#define AIOPS_DECLARE(name) std::vector<Case> name##_cases();
AIOPS_CUDA_OPERATORS(AIOPS_DECLARE)
#undef AIOPS_DECLARE
}  // namespace aiops::kernels::cuda

namespace aiops::simt {
namespace {

#define AIOPS_OPERATOR(name) Operator{#name, kernels::cuda::name##_cases},
const Operator kOperators[] = {AIOPS_CUDA_OPERATORS(AIOPS_OPERATOR)};
#undef AIOPS_OPERATOR

// Device memory of the executors.
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

}  // namespace

std::span<const Operator> operators() { return kOperators; }

Outcome try_case(const kernels::cuda::Case& one, const Options& with) {
  options() = with;
  ExecutorDevice device;
  Outcome outcome;
  {
    kernels::cuda::Trial trial(device);
    one.run(trial);
    outcome = {trial.faults(), trial.outputs()};
  }
  for (const Report& report : take_reports()) outcome.faults.push_back(describe(report));
  options() = {};
  return outcome;
}

}  // namespace aiops::simt
