// SPDX-License-Identifier: Apache-2.0
// Names, versions and function tables of what is opened at run time.
#include "base/error.hpp"
#include "kernels/cuda/plugin/cublaslt.hpp"
#include "kernels/cuda/plugin/cudnn.hpp"
#include "kernels/cuda/plugin/nccl.hpp"
#include "kernels/cuda/plugin/nvml.hpp"
#include "kernels/device/abi.h"

#include <array>

namespace aiops::kernels::cuda {
namespace {

constexpr LibraryName kCublasLt{
    "cuBLASLt", "libcublasLt.so.13",
    "install the CUDA 13 toolkit, or say where it is: AIOPS_CUDA_LIB_DIR=DIR"};
constexpr LibraryName kCudnn{"cuDNN", "libcudnn.so.9",
                             "install cuDNN 9, or say where it is: AIOPS_CUDA_LIB_DIR=DIR"};
constexpr LibraryName kNccl{"NCCL", "libnccl.so.2",
                            "install NCCL 2, or say where it is: AIOPS_CUDA_LIB_DIR=DIR"};
constexpr LibraryName kNvml{"NVML", "libnvidia-ml.so.1", "it comes with NVIDIA's driver"};

}  // namespace

CublasLt::CublasLt(std::string_view dirs)
    : library(kCublasLt, dirs){AIOPS_CUBLASLT_FUNCTIONS(AIOPS_BIND)}

      std::string CublasLt::version() const {
  return dotted_version(cublasLtGetVersion(), 10000);
}

Cudnn::Cudnn(std::string_view dirs)
    : library(kCudnn, dirs){AIOPS_CUDNN_FUNCTIONS(AIOPS_BIND)}

      std::string Cudnn::version() const {
  return dotted_version(cudnnGetVersion(), 10000);
}

Nccl::Nccl(std::string_view dirs)
    : library(kNccl, dirs){AIOPS_NCCL_FUNCTIONS(AIOPS_BIND)}

      std::string Nccl::version() const {
  int version = 0;
  return ncclGetVersion(&version) == ncclSuccess
             ? dotted_version(static_cast<std::size_t>(version), 10000)
             : "";
}

Nvml::Nvml(std::string_view dirs) : library_(kNvml, dirs) {
  library_.bind(start_, "nvmlInit_v2");
  library_.bind(version_, "nvmlSystemGetNVMLVersion");
  library_.bind(driver_version_, "nvmlSystemGetDriverVersion");
  library_.bind(find_, "nvmlDeviceGetHandleByPciBusId_v2");
  library_.bind(now_, "nvmlDeviceGetClockInfo");
  library_.bind(memory_, "nvmlDeviceGetMemoryInfo");
  library_.bind(energy_, "nvmlDeviceGetTotalEnergyConsumption");
  library_.bind(throttling_, "nvmlDeviceGetCurrentClocksEventReasons");
  if (const int status = start_(); status != 0)
    throw Error(ExitCode::no_gpu, "NVML does not start (error " + std::to_string(status) + ")",
                "'nvidia-smi' must work");
}

std::string Nvml::version() const {
  std::array<char, 80> text{};
  return version_(text.data(), text.size()) == 0 ? text.data() : "";
}

std::string Nvml::driver_version() const {
  std::array<char, 80> text{};
  return driver_version_(text.data(), text.size()) == 0 ? text.data() : "";
}

int Nvml::clock_now(const char* pci, Clock clock) const {
  Device device = nullptr;
  unsigned megahertz = 0;
  if (find_(pci, &device) != 0 || now_(device, clock, &megahertz) != 0) return 0;
  return static_cast<int>(megahertz);
}

std::uint64_t Nvml::free_memory(const char* pci) const {
  Device device = nullptr;
  Memory bytes{};
  return find_(pci, &device) == 0 && memory_(device, &bytes) == 0 ? bytes.free : 0;
}

std::uint64_t Nvml::number(Number* of, const char* pci) const {
  Device device = nullptr;
  unsigned long long value = 0;
  return find_(pci, &device) == 0 && of(device, &value) == 0 ? value : AIOPS_NOT_TOLD;
}

std::uint64_t Nvml::energy_mj(const char* pci) const { return number(energy_, pci); }

std::uint64_t Nvml::throttle_reasons(const char* pci) const { return number(throttling_, pci); }

}  // namespace aiops::kernels::cuda
