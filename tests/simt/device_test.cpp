// SPDX-License-Identifier: Apache-2.0
// Every operator's trials on the GPU of this machine, twice: the values are the oracle's, and the
// bits the same again. Exit 77 where there is no GPU.
#include "kernels/cuda/operators.hpp"
#include "kernels/cuda/trials/trial.hpp"

#include <cuda_runtime_api.h>

#include <cstdio>
#include <string>
#include <vector>

namespace aiops::kernels::cuda {
#define AIOPS_DECLARE(name) std::vector<Case> name##_cases();
AIOPS_CUDA_OPERATORS(AIOPS_DECLARE)
#undef AIOPS_DECLARE

namespace {

// The first error of the runtime, kept until a case is judged.
class Gpu : public Device {
 public:
  void* allocate(std::size_t bytes, const char*) override {
    void* p = nullptr;
    note(cudaMalloc(&p, bytes));
    note(cudaMemset(p, 0xFF, bytes));
    return p;
  }
  void release(void* p) override { note(cudaFree(p)); }
  void copy_to(void* to, const void* from, std::size_t bytes) override {
    note(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice));
  }
  void copy_from(void* to, const void* from, std::size_t bytes) override {
    note(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost));
  }
  cudaError_t error() const { return error_; }

 private:
  void note(cudaError_t error) {
    if (error_ == cudaSuccess) error_ = error;
  }
  cudaError_t error_ = cudaSuccess;
};

int failures = 0;
void fail(const char* operator_name, const Case& one, const std::string& fault) {
  ++failures;
  std::printf("%s, %s: %s\n", operator_name, one.name.c_str(), fault.c_str());
}

std::vector<std::byte> run_once(const char* operator_name, const Case& one, Gpu& gpu) {
  Trial trial(gpu);
  one.run(trial);
  for (const std::string& fault : trial.faults()) fail(operator_name, one, fault);
  return trial.outputs();
}

void run_all(const char* operator_name, const std::vector<Case>& cases, Gpu& gpu) {
  for (const Case& one : cases) {
    const auto first = run_once(operator_name, one, gpu);
    const auto second = run_once(operator_name, one, gpu);
    if (one.bits == Bits::same_in_every_order && first != second)
      fail(operator_name, one, "other bits in the second run");
    if (gpu.error() != cudaSuccess)
      return fail(operator_name, one, cudaGetErrorString(gpu.error()));
  }
  std::printf("%s: %zu cases\n", operator_name, cases.size());
}

int run() {
  int devices = 0;
  const cudaError_t error = cudaGetDeviceCount(&devices);
  if (error != cudaSuccess || devices == 0) {
    std::printf("no GPU: %s\n",
                error != cudaSuccess ? cudaGetErrorString(error) : "none is visible");
    return 77;
  }
  Gpu gpu;
#define AIOPS_RUN(name) run_all(#name, name##_cases(), gpu);
  AIOPS_CUDA_OPERATORS(AIOPS_RUN)
#undef AIOPS_RUN
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace aiops::kernels::cuda

int main() { return aiops::kernels::cuda::run(); }
