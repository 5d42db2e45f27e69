// SPDX-License-Identifier: Apache-2.0
#include "bench/device_chain.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <span>

namespace aiops::bench {
namespace {

using kernels::device::Plugin;

std::string interface_text(const aiops_cuda_api& api) {
  return "aiops " + std::string(api.version) + ", interface " + std::to_string(api.abi);
}

// The code inside, as a link: one that was made for tests has none.
DeviceLink code_link(const aiops_cuda_api& api) {
  DeviceLink link{.name = "kernels", .version = api.architectures};
  if (!link.version.empty()) return link;
  link.state = DeviceLink::State::absent;
  link.problem = "this plug-in has code for no GPU: it was made for tests";
  return link;
}

DeviceLink to_link(const aiops_link& from) {
  DeviceLink link{.name = from.name,
                  .version = from.version,
                  .path = from.path,
                  .problem = from.problem,
                  .mend = from.mend};
  if (from.state == AIOPS_LINK_BROKEN) link.state = DeviceLink::State::broken;
  if (from.state == AIOPS_LINK_ABSENT) link.state = DeviceLink::State::absent;
  return link;
}

Gpu to_gpu(const aiops_device_facts& from) {
  return {.ordinal = from.ordinal,
          .name = from.name,
          .pci = from.pci,
          .major = from.major,
          .minor = from.minor,
          .code = from.code,
          .memory = from.memory,
          .free = from.free,
          .multiprocessors = from.multiprocessors,
          .memory_bus_bits = from.memory_bus_bits,
          .l2 = static_cast<std::uint64_t>(from.l2_bytes),
          .clock = from.clock_mhz,
          .memory_clock = from.memory_clock_mhz,
          .clock_now = from.clock_now_mhz,
          .memory_clock_now = from.memory_clock_now_mhz};
}

}  // namespace

const char* name_of(DeviceLink::State state) {
  switch (state) {
    case DeviceLink::State::ok:
      return "ok";
    case DeviceLink::State::broken:
      return "broken";
    case DeviceLink::State::absent:
      return "absent";
  }
  return "broken";
}

const DeviceLink* DeviceChain::broken() const {
  const auto found = std::ranges::find(links, DeviceLink::State::broken, &DeviceLink::state);
  return found == links.end() ? nullptr : &*found;
}

DeviceChain inspect_devices(const kernels::device::Search& search) {
  DeviceChain chain;
  DeviceLink link{.name = "plug-in"};
  try {
    chain.plugin = Plugin::open(search);
  } catch (const Error& error) {
    link.state = DeviceLink::State::broken;
    link.problem = error.message;
    link.mend = error.mend;
    chain.links.push_back(std::move(link));
    return chain;
  }
  const aiops_cuda_api& api = chain.plugin->api();
  link.version = interface_text(api);
  link.path = chain.plugin->path().string();
  chain.ran_on_hardware = api.hardware;
  chain.links = {std::move(link), code_link(api)};
  const auto inspection = chain.plugin->inspect();
  for (const aiops_link& one :
       std::span(inspection->link).first(static_cast<std::size_t>(inspection->links)))
    chain.links.push_back(to_link(one));
  for (const aiops_device_facts& one :
       std::span(inspection->device).first(static_cast<std::size_t>(inspection->devices)))
    chain.gpus.push_back(to_gpu(one));
  return chain;
}

void require_gpu(const DeviceChain& chain) {
  if (const DeviceLink* link = chain.broken())
    throw Error(ExitCode::no_gpu, "no GPU can be used: " + link->problem, link->mend);
}

const Gpu& require_gpu(const DeviceChain& chain, int ordinal) {
  require_gpu(chain);
  const auto gpu = std::ranges::find(chain.gpus, ordinal, &Gpu::ordinal);
  if (gpu == chain.gpus.end())
    throw Error(ExitCode::no_gpu, "there is no GPU " + std::to_string(ordinal), "aiops device");
  return *gpu;
}

}  // namespace aiops::bench
