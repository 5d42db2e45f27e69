// SPDX-License-Identifier: Apache-2.0
#include "train/device/choice.hpp"

#include "base/error.hpp"
#include "base/units.hpp"

namespace aiops::train {

std::string DeviceChoice::word() const {
  if (!gpu) return "cpu";
  return *gpu == 0 ? "cuda" : "cuda:" + std::to_string(*gpu);
}

std::shared_ptr<const kernels::device::Device> open_device(const DeviceChoice& choice,
                                                           const kernels::device::Search& search,
                                                           Determinism determinism) {
  if (!choice.gpu) return nullptr;
  return std::make_shared<const kernels::device::Device>(kernels::device::Plugin::open(search),
                                                         *choice.gpu, determinism);
}

void require_device_memory(const kernels::device::Device& device, std::uint64_t bytes,
                           const std::string& mend) {
  const auto memory = device.memory();
  if (bytes <= memory.free) return;
  throw Error(ExitCode::no_gpu,
              "this needs " + format_bytes(bytes) + " of the GPU's memory, and " +
                  format_bytes(memory.free) + " of " + format_bytes(memory.total) + " are free",
              mend);
}

}  // namespace aiops::train
