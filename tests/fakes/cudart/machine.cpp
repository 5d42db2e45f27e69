// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/cudart/machine.hpp"

#include "tests/simt/runtime/device.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace aiops::fakes {
namespace {

std::recursive_mutex& mutex() {
  static std::recursive_mutex one;
  return one;
}

Machine& machine() {
  static auto* const one = new Machine;  // libraries that end later may still call
  return *one;
}

int number_of(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

}  // namespace

Machine::Machine()
    : driver(number_of("FAKE_CUDART_DRIVER", 13000)),
      devices(number_of("FAKE_CUDART_DEVICES", 1)),
      first(number_of("FAKE_CUDART_FIRST", 0)),
      scheduler([this](const Work& work) { run(work); }) {
  if (const char* text = std::getenv("FAKE_CUDART_CAPABILITY"); text != nullptr)
    std::sscanf(text, "%d.%d", &major, &minor);
  const char* text = std::getenv("FAKE_CUDART_ORDER");
  const std::string_view order = text == nullptr ? "lazy" : text;
  if (order == "eager")
    scheduler.set_order(Order::eager, 0);
  else if (order != "lazy")
    scheduler.set_order(Order::shuffled, std::strtoull(text, nullptr, 10));
  take_kernels();
}

void Machine::run(const Work& work) {
  history.push_back(work.what);
  running = true;
  arena.open();
  work.run();
  for (const Range& range : work.writes)  // the executor of kernels cannot see it
    simt::mark_written(const_cast<void*>(range.begin), range.bytes);
  arena.close();
  running = false;
}

cudaError_t Machine::refuse(const std::string& what) {
  complain(what);
  return last = cudaErrorInvalidValue;
}

std::optional<cudaError_t> Machine::unusable(cudaStream_t stream, const char* call) {
  if (pending != cudaSuccess) return last = pending;
  if (stream == nullptr) return refuse(std::string(call) + " on the default stream");
  if (!scheduler.is_live(queue_of(stream)))
    return refuse(std::string(call) + " on a stream that is not there");
  return std::nullopt;
}

Locked::Locked() : machine_(machine()), lock_(mutex()) {}

cudaError_t end_call(Machine& machine, cudaError_t status) {
  if (machine.pending != cudaSuccess) status = machine.pending;
  if (status != cudaSuccess) machine.last = status;
  return status;
}

cudaError_t enqueue(cudaStream_t stream, Work work) {
  const Locked machine;
  if (const auto status = machine->unusable(stream, work.what.c_str())) return *status;
  for (const Range& range : work.touches)
    if (const auto fault = fault_of(range)) return machine->refuse(work.what + ": " + *fault);
  Queue& queue = *queue_of(stream);
  if (queue.captures)
    queue.recorded.push_back(std::move(work));
  else
    queue.steps.emplace_back(std::move(work));
  return cudaSuccess;
}

std::optional<std::string> fault_of(const Range& range) {
  const Locked machine;
  if (range.bytes == 0) return std::nullopt;
  if (range.begin == nullptr) return "a null pointer";
  if (machine->pinned.contains(range)) return std::nullopt;
  if (!machine->arena.contains(range.begin)) return "host memory that is not pinned";
  const auto found = machine->arena.find(range.begin);
  if (!found) return "device memory that is not allocated";
  const auto* end = static_cast<const std::byte*>(found->begin) + found->bytes;
  const auto* wanted = static_cast<const std::byte*>(range.begin) + range.bytes;
  if (wanted > end)
    return std::to_string(wanted - end) + " bytes past an allocation of " +
           std::to_string(found->bytes);
  return std::nullopt;
}

bool is_live(cudaStream_t stream) { return Locked()->scheduler.is_live(queue_of(stream)); }
bool captures(cudaStream_t stream) {
  const Locked machine;
  return queue_of(stream)->captures;
}
int device_of(cudaStream_t stream) { return queue_of(stream)->device; }
int device_of(const void* memory) { return Locked()->arena.device_of(memory); }

void set_devices(int devices) { Locked()->devices = devices; }

void set_order(Order order, std::uint64_t seed) { Locked()->scheduler.set_order(order, seed); }

// A complaint about work that runs is an error that stays, as a fault of a kernel is.
void complain(const std::string& what) {
  const Locked machine;
  std::fprintf(stderr, "[fake cudart] CONTRACT: %s\n", what.c_str());
  machine->complaints.push_back(what);
  if (machine->running) machine->pending = cudaErrorLaunchFailure;
}

GraphCount take_graphs() { return std::exchange(Locked()->graphs, {}); }

std::vector<std::string> take_history() { return std::exchange(Locked()->history, {}); }

std::vector<std::string> take_complaints() {
  const Locked machine;
  machine->pending = machine->last = cudaSuccess;
  return std::exchange(machine->complaints, {});
}

}  // namespace aiops::fakes
