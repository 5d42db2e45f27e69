// SPDX-License-Identifier: Apache-2.0
// Whether a GPU can be used, link by link: the plug-in, the driver, NVIDIA's libraries, the GPU.
#pragma once

#include "kernels/device/plugin.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace aiops::bench {

struct DeviceLink {
  enum class State {
    ok,
    broken,  // nothing runs without it
    absent,  // something is missing without it
  };
  std::string name = {};
  State state = State::ok;
  std::string version = {}, path = {};
  std::string problem = {}, mend = {};  // of a link that is not ok
};
const char* name_of(DeviceLink::State state);

struct Gpu {
  int ordinal = 0;
  std::string name, pci;
  int major = 0, minor = 0;  // compute capability
  std::string code;          // which of the plug-in's kernels it runs; empty: none
  std::uint64_t memory = 0, free = 0;
  int multiprocessors = 0, memory_bus_bits = 0;
  std::uint64_t l2 = 0;
  // Megahertz, 0 when unknown.
  int clock = 0, memory_clock = 0, clock_now = 0, memory_clock_now = 0;
};

struct DeviceChain {
  std::shared_ptr<const kernels::device::Plugin> plugin;  // none: it could not be opened
  std::vector<DeviceLink> links;
  std::vector<Gpu> gpus;
  std::string ran_on_hardware = "never";  // when the operators did

  // The first link without which nothing runs; nullptr: a GPU can be used.
  const DeviceLink* broken() const;
};

// Never throws for what is missing: that is the answer.
DeviceChain inspect_devices(const kernels::device::Search& search);

// Throws Error{no_gpu} with the mend of the first broken link.
void require_gpu(const DeviceChain& chain);
// The GPU of that number. Throws the same, also where there is none of it.
const Gpu& require_gpu(const DeviceChain& chain, int ordinal);

}  // namespace aiops::bench
