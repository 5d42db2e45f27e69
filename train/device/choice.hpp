// SPDX-License-Identifier: Apache-2.0
// What computes: the CPU or a GPU, as people say it.
#pragma once

#include "kernels/device/device.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace aiops::train {

using kernels::device::Determinism;

struct DeviceChoice {
  std::optional<int> gpu;  // its number; none: the CPU

  std::string word() const;  // "cpu", "cuda" for the first GPU, "cuda:N" for another
};

// Null for the CPU. Throws Error{no_gpu}, saying which link is missing and what to do, when the GPU
// cannot be used.
std::shared_ptr<const kernels::device::Device> open_device(const DeviceChoice& choice,
                                                           const kernels::device::Search& search,
                                                           Determinism determinism);

// Throws Error{no_gpu} when the device has less than `bytes` free, with `mend`.
void require_device_memory(const kernels::device::Device& device, std::uint64_t bytes,
                           const std::string& mend);

}  // namespace aiops::train
