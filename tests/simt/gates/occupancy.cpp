// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/gates/occupancy.hpp"

#include <cuda_occupancy.h>
#include <cuda_runtime_api.h>

#include <iterator>

namespace aiops::simt {
namespace {

// From the table "Technical Specifications per Compute Capability" of the CUDA programming guide.
struct Multiprocessor {
  unsigned architecture;
  int threads;
  std::size_t shared, shared_of_a_block;
};
constexpr Multiprocessor kMultiprocessors[] = {
    {80, 2048, 164 << 10, 163 << 10},   // A100
    {86, 1536, 100 << 10, 99 << 10},    // RTX 3090, A10, A40
    {89, 1536, 100 << 10, 99 << 10},    // RTX 4090, L4, L40
    {90, 2048, 228 << 10, 227 << 10},   // H100, H200
    {100, 2048, 228 << 10, 227 << 10},  // B200
    {120, 1536, 100 << 10, 99 << 10},   // RTX 5090
};
constexpr int kRegisters = 65536;
constexpr std::size_t kReservedShared = 1024;  // of each block, by the driver
constexpr std::size_t kSharedByDefault = 48 << 10;

cudaOccDeviceProp properties_of(const Multiprocessor& one) {
  cudaOccDeviceProp device{};
  device.computeMajor = static_cast<int>(one.architecture / 10);
  device.computeMinor = static_cast<int>(one.architecture % 10);
  device.maxThreadsPerBlock = 1024;
  device.maxThreadsPerMultiprocessor = one.threads;
  device.regsPerBlock = kRegisters;
  device.regsPerMultiprocessor = kRegisters;
  device.warpSize = 32;
  device.sharedMemPerBlock = kSharedByDefault;
  device.sharedMemPerMultiprocessor = one.shared;
  device.sharedMemPerBlockOptin = one.shared_of_a_block;
  device.reservedSharedMemPerBlock = kReservedShared;
  device.numSms = 1;
  return device;
}

}  // namespace

int blocks_per_multiprocessor(unsigned architecture, const Needs& needs) {
  for (const Multiprocessor& one : kMultiprocessors) {
    if (one.architecture != architecture) continue;
    const cudaOccDeviceProp device = properties_of(one);
    cudaOccFuncAttributes kernel{};
    kernel.maxThreadsPerBlock = 1024;
    kernel.numRegs = static_cast<int>(needs.registers);
    kernel.sharedSizeBytes = needs.static_shared;
    kernel.partitionedGCConfig = PARTITIONED_GC_OFF;
    kernel.shmemLimitConfig = FUNC_SHMEM_LIMIT_OPTIN;
    kernel.maxDynamicSharedSizeBytes = one.shared_of_a_block - needs.static_shared;
    const cudaOccDeviceState state{};
    cudaOccResult result{};
    const auto error = cudaOccMaxActiveBlocksPerMultiprocessor(&result, &device, &kernel, &state,
                                                               needs.threads, needs.dynamic_shared);
    return error == CUDA_OCC_SUCCESS ? result.activeBlocksPerMultiprocessor : 0;
  }
  return 0;
}

}  // namespace aiops::simt
