// SPDX-License-Identifier: Apache-2.0
// A launch: what a device would refuse is refused, then the blocks run one after the other.
#include "tests/simt/runtime/machine.hpp"
#include "tests/simt/runtime/report.hpp"
#include "tests/simt/runtime/shared_memory.hpp"
#include "tests/simt/runtime/symbols.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace aiops::simt {
namespace {

using kernels::cuda::LaunchStatus;

constexpr unsigned kMostInYAndZ = 65535;
constexpr unsigned kMostBlockZ = 64;
constexpr std::size_t kMostParameters = 4096;

LaunchQueue queue;

const char* fault_of(const Launch& launch) {
  const Index grid = launch.grid;
  const Index block = launch.block;
  const std::size_t threads = std::size_t{block.x} * block.y * block.z;
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || threads == 0) return "nothing to run";
  if (grid.x > 0x7FFFFFFF || grid.y > kMostInYAndZ || grid.z > kMostInYAndZ)
    return "grid too large";
  if (threads > kMostThreads || block.z > kMostBlockZ) return "block too large";
  if (launch.dynamic_shared > kMostShared) return "too much shared memory";
  if (launch.block_of_parameters.size() > kMostParameters) return "too many parameters";
  return nullptr;
}

std::vector<std::uint64_t> block_order(std::uint64_t blocks) {
  std::vector<std::uint64_t> order(blocks);
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  if (machine.options.order == Order::reverse) std::reverse(order.begin(), order.end());
  if (machine.options.order == Order::random)
    std::shuffle(order.begin(), order.end(), machine.random);
  return order;
}

void begin_launch(const Launch& launch) {
  if (machine.threads.empty())
    for (int i = 0; i < kMostThreads; ++i) machine.threads.emplace_back(i);
  machine.launch = &launch;
  machine.size = static_cast<int>(launch.block.x * launch.block.y * launch.block.z);
  machine.stopped = false;
  machine.launch_start = ++machine.epoch;
  machine.random.seed(machine.options.seed);
  begin_launch_shared(launch.dynamic_shared);
}

LaunchStatus run(const Launch& launch) {
  machine.kernel = kernel_of(launch.name);
  if (const char* fault = fault_of(launch)) {
    report(Fault::launch, machine.kernel + ": " + fault);
    return {kernels::cuda::kInvalidConfiguration, fault};
  }
  begin_launch(launch);
  if (machine.options.engine != nullptr) {
    const LaunchStatus status = machine.options.engine->prepare(launch);
    if (!status.ok()) return status;
  }
  const Index grid = launch.grid;
  ++machine.counts.launches;
  for (const std::uint64_t i : block_order(std::uint64_t{grid.x} * grid.y * grid.z)) {
    machine.block = {static_cast<unsigned>(i % grid.x), static_cast<unsigned>(i / grid.x % grid.y),
                     static_cast<unsigned>(i / (std::uint64_t{grid.x} * grid.y))};
    run_block();
    ++machine.counts.blocks;
    machine.counts.threads += static_cast<std::uint64_t>(machine.size);
    if (machine.stopped) break;
  }
  machine.launch = nullptr;
  if (machine.stopped) return {kernels::cuda::kLaunchFailure, "the kernel was stopped"};
  return {};
}

// A launch that outlives the launcher's arguments.
LaunchStatus run_later(const Launch& launch) {
  const auto block = launch.block_of_parameters;
  return queue(launch, [later = launch,
                        copy = std::vector<std::byte>(block.begin(), block.end())]() mutable {
    later.block_of_parameters = copy;
    return run(later);
  });
}

}  // namespace

Options& options() { return machine.options; }
Counts& counts() { return machine.counts; }
void set_launch_queue(LaunchQueue new_queue) { queue = std::move(new_queue); }

LaunchStatus execute(const Launch& launch) { return queue ? run_later(launch) : run(launch); }

Index thread_index() { return machine.current->index; }
Index block_index() { return machine.block; }
Index block_size() { return machine.launch->block; }
Index grid_size() { return machine.launch->grid; }

}  // namespace aiops::simt
