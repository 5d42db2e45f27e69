// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/runtime.hpp"

#include "base/error.hpp"

namespace aiops::kernels::cuda {
namespace {

// CUDA 13 runs on drivers of the 580 branch and newer (CUDA Toolkit Release Notes, table 2).
constexpr const char* kDriverMend =
    "install NVIDIA's driver, release 580 or newer; 'nvidia-smi' must list the GPU";

Error insufficient_driver() {
  int version = 0;
  int runtime = 0;
  cudaDriverGetVersion(&version);
  cudaRuntimeGetVersion(&runtime);
  if (version == 0)
    return {ExitCode::no_gpu, "there is no NVIDIA driver (CUDA error 35)", kDriverMend};
  return {ExitCode::no_gpu,
          "the NVIDIA driver is for CUDA " + version_text(version) + ", this plug-in needs " +
              version_text(runtime) + " (CUDA error 35)",
          kDriverMend};
}

Error translate(cudaError_t status, const char* doing) {
  switch (status) {
    case cudaErrorInsufficientDriver:
      return insufficient_driver();
    case cudaErrorNoDevice:
      return {ExitCode::no_gpu, "the driver finds no GPU (CUDA error 100)",
              "'nvidia-smi -L' must list one, and CUDA_VISIBLE_DEVICES must not hide it"};
    case cudaErrorInvalidDevice:
      return {ExitCode::no_gpu, "there is no GPU of that number", "aiops device"};
    case cudaErrorNoKernelImageForDevice:
      return {ExitCode::no_gpu, "the plug-in has no code for this GPU (CUDA error 209)",
              "aiops device shows what it has code for"};
    case cudaErrorMemoryAllocation:
      return {ExitCode::failed, std::string(doing) + ": not enough memory",
              "a smaller batch, or a GPU that nobody else uses: nvidia-smi"};
    default:
      return {ExitCode::failed, std::string(doing) + ": " + cudaGetErrorString(status) + " (" +
                                    cudaGetErrorName(status) + ")"};
  }
}

}  // namespace

void check(cudaError_t status, const char* doing) {
  if (status == cudaSuccess) return;
  (void)cudaGetLastError();  // else the next call that looks would see it again
  throw translate(status, doing);
}

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

void use_device(int ordinal) { check(cudaSetDevice(ordinal), "cudaSetDevice"); }

}  // namespace aiops::kernels::cuda
