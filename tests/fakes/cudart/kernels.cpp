// SPDX-License-Identifier: Apache-2.0
// Kernels of our own, as pieces of work: the executor of tests/simt hands over each launch, and
// runs it when its turn has come. What it finds is a complaint.
#include "tests/fakes/cudart/machine.hpp"
#include "tests/simt/runtime/device.hpp"
#include "tests/simt/runtime/report.hpp"
#include "tests/simt/runtime/symbols.hpp"

#include <cstdlib>
#include <cstring>
#include <string_view>

namespace aiops::fakes {
namespace {

using kernels::cuda::LaunchStatus;

// Where the parameters point into device memory. A pointer lies at a multiple of its size, by
// itself or in a struct.
std::vector<Range> pointers_in(const simt::Launch& launch) {
  const Locked machine;
  std::vector<Range> found;
  const auto block = launch.block_of_parameters;
  for (std::size_t i = 0; i + sizeof(void*) <= block.size(); i += sizeof(void*)) {
    const void* p = nullptr;
    std::memcpy(&p, block.data() + i, sizeof p);
    if (machine->arena.contains(p) && machine->arena.find(p)) found.push_back({p, 1});
  }
  return found;
}

LaunchStatus queue_kernel(const simt::Launch& launch, std::function<LaunchStatus()> run) {
  const Locked machine;  // ranks may be threads
  const std::string name = simt::kernel_of(launch.name);
  const auto work = [name, run = std::move(run)] {
    const LaunchStatus status = run();
    const auto reports = simt::take_reports();
    for (const simt::Report& report : reports) complain(simt::describe(report));
    if (!status.ok() && reports.empty()) complain(name + ": " + status.reason);
  };
  const cudaError_t status =
      enqueue(launch.stream, {.what = name, .touches = pointers_in(launch), .run = work});
  return {static_cast<int>(status), ""};
}

}  // namespace

void set_thread_order(ThreadOrder order, std::uint64_t seed) {
  const Locked machine;
  const bool by_chance = order == ThreadOrder::shuffled;
  simt::options() = {.order = by_chance                       ? simt::Order::random
                              : order == ThreadOrder::reverse ? simt::Order::reverse
                                                              : simt::Order::forward,
                     .seed = seed,
                     .yield_at_atomics = by_chance};
}

// Called while the machine is made.
void take_kernels() {
  simt::set_launch_queue(queue_kernel);
  const char* text = std::getenv("FAKE_CUDART_THREADS");
  const std::string_view order = text == nullptr ? "forward" : text;
  if (order == "reverse") simt::options().order = simt::Order::reverse;
  if (order == "forward" || order == "reverse") return;
  simt::options().order = simt::Order::random;
  simt::options().seed = std::strtoull(text, nullptr, 10);
}

}  // namespace aiops::fakes
