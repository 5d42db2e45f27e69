// SPDX-License-Identifier: Apache-2.0
// The runtime's functions about memory.
#include "tests/fakes/cudart/machine.hpp"
#include "tests/simt/runtime/device.hpp"

using aiops::fakes::end_call;
using aiops::fakes::enqueue;
using aiops::fakes::fault_of;
using aiops::fakes::Locked;
using aiops::fakes::Machine;
using aiops::fakes::Range;

namespace {

// Freeing what queued work touches would pull it from under the device.
std::string in_use(Machine& machine, const Range& range) {
  const std::size_t count = machine.scheduler.touching(range);
  return count == 0 ? "" : std::to_string(count) + " pieces of queued work touch what is freed";
}

// What is wrong with one side of a copy, or nothing.
std::string side_fault(Machine& machine, const Range& range, bool on_device) {
  const bool is_device = machine.arena.contains(range.begin);
  if (is_device != on_device)
    return on_device ? "host memory where device memory was said"
                     : "device memory where host memory was said";
  const auto fault = fault_of(range);
  if (fault && !on_device) return "the host's side is not pinned";
  return fault.value_or("");
}

// What has no value has none in the copy either.
void copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  if (kind == cudaMemcpyHostToDevice) return aiops::simt::copy_to_device(to, from, bytes);
  if (kind == cudaMemcpyDeviceToHost) return aiops::simt::copy_from_device(to, from, bytes);
  aiops::simt::copy_on_device(to, from, bytes);
}

}  // namespace

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  const Locked machine;
  if (machine->scheduler.captures()) return machine->refuse("cudaMalloc while a stream captures");
  *memory = bytes == 0 ? nullptr : machine->arena.allocate(bytes, aiops::fakes::current_device());
  return end_call(*machine,
                  bytes == 0 || *memory != nullptr ? cudaSuccess : cudaErrorMemoryAllocation);
}

cudaError_t cudaFree(void* memory) {
  const Locked machine;
  if (memory == nullptr) return cudaSuccess;
  if (machine->scheduler.captures()) return machine->refuse("cudaFree while a stream captures");
  const auto found = machine->arena.find(memory);
  if (!found) return machine->refuse("cudaFree of what is not allocated");
  if (const auto why = in_use(*machine, *found); !why.empty()) return machine->refuse(why);
  if (!machine->arena.release(memory)) return machine->refuse("cudaFree inside an allocation");
  return end_call(*machine, cudaSuccess);
}

cudaError_t cudaHostAlloc(void** memory, std::size_t bytes, unsigned flags) {
  const Locked machine;
  if (flags != cudaHostAllocDefault) return machine->refuse("cudaHostAlloc with flags");
  *memory = machine->pinned.allocate(bytes);
  return end_call(*machine, *memory == nullptr ? cudaErrorMemoryAllocation : cudaSuccess);
}

cudaError_t cudaFreeHost(void* memory) {
  const Locked machine;
  if (memory == nullptr) return cudaSuccess;
  if (const auto why = in_use(*machine, {memory, 1}); !why.empty()) return machine->refuse(why);
  if (!machine->pinned.release(memory)) return machine->refuse("cudaFreeHost of other memory");
  return end_call(*machine, cudaSuccess);
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  const Locked machine;
  if (kind == cudaMemcpyDefault || kind == cudaMemcpyHostToHost)
    return machine->refuse("a copy that does not say its direction");
  if (bytes == 0) return cudaSuccess;
  for (const auto& why : {side_fault(*machine, {to, bytes}, kind != cudaMemcpyDeviceToHost),
                          side_fault(*machine, {from, bytes}, kind != cudaMemcpyHostToDevice)})
    if (!why.empty()) return machine->refuse("cudaMemcpyAsync: " + why);
  return enqueue(stream, {.what = "cudaMemcpyAsync",
                          .touches = {{to, bytes}, {from, bytes}},
                          .run = [=] { copy(to, from, bytes, kind); }});
}

cudaError_t cudaMemsetAsync(void* memory, int byte, std::size_t bytes, cudaStream_t stream) {
  const Locked machine;
  if (bytes == 0) return cudaSuccess;
  if (const auto why = side_fault(*machine, {memory, bytes}, true); !why.empty())
    return machine->refuse("cudaMemsetAsync: " + why);
  return enqueue(stream, {.what = "cudaMemsetAsync", .touches = {{memory, bytes}}, .run = [=] {
                            aiops::simt::fill(memory, byte, bytes);
                          }});
}
