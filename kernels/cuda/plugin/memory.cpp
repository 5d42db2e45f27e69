// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/calls.hpp"
#include "kernels/cuda/plugin/fault.hpp"
#include "kernels/cuda/plugin/session.hpp"

#include <cstddef>

namespace aiops::kernels::cuda {
namespace {

cudaMemcpyKind kind_of(std::int32_t kind) {
  switch (kind) {
    case AIOPS_TO_DEVICE:
      return cudaMemcpyHostToDevice;
    case AIOPS_TO_HOST:
      return cudaMemcpyDeviceToHost;
    case AIOPS_ON_DEVICE:
      return cudaMemcpyDeviceToDevice;
    default:
      throw Error(ExitCode::failed, "a copy of kind " + std::to_string(kind));
  }
}

}  // namespace

std::int32_t memory(aiops_device* device, std::uint64_t* free, std::uint64_t* total,
                    aiops_fault* fault) {
  return guarded(fault, [&] {
    std::size_t now = 0;
    std::size_t all = 0;
    device->use();
    check(cudaMemGetInfo(&now, &all), "cudaMemGetInfo");
    *free = now;
    *total = all;
  });
}

std::int32_t allocate(aiops_device* device, std::uint64_t bytes, void** memory,
                      aiops_fault* fault) {
  return guarded(fault, [&] {
    device->use();
    check(cudaMalloc(memory, bytes), "cudaMalloc");
  });
}

void release(aiops_device*, void* memory) { cudaFree(memory); }

std::int32_t allocate_pinned(aiops_device* device, std::uint64_t bytes, void** memory,
                             aiops_fault* fault) {
  return guarded(fault, [&] {
    device->use();
    check(cudaHostAlloc(memory, bytes, cudaHostAllocDefault), "cudaHostAlloc");
  });
}

void release_pinned(aiops_device*, void* memory) { cudaFreeHost(memory); }

std::int32_t copy(aiops_stream* stream, void* to, const void* from, std::uint64_t bytes,
                  std::int32_t kind, aiops_fault* fault) {
  return guarded(fault, [&] {
    stream->device.use();
    check(cudaMemcpyAsync(to, from, bytes, kind_of(kind), stream->stream), "cudaMemcpyAsync");
  });
}

std::int32_t fill(aiops_stream* stream, void* memory, std::int32_t byte, std::uint64_t bytes,
                  aiops_fault* fault) {
  return guarded(fault, [&] {
    stream->device.use();
    check(cudaMemsetAsync(memory, byte, bytes, stream->stream), "cudaMemsetAsync");
  });
}

}  // namespace aiops::kernels::cuda
