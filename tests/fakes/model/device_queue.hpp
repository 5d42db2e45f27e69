// SPDX-License-Identifier: Apache-2.0
// What a step on a device is queued through: everything is planned before the first one, and a step
// allocates nothing.
#pragma once

#include "base/error.hpp"
#include "kernels/device/device.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <string>

namespace aiops::fakes {

namespace device = kernels::device;

// Operators in their order. Before plan_ends() they are only looked at, to learn how much scratch
// the largest needs; afterwards they are launched, all with the same scratch.
class DeviceQueue {
 public:
  explicit DeviceQueue(const device::Device& gpu) : gpu_(gpu), stream_(gpu) {}

  template <typename Parameters>
  void operator()(const Parameters& parameters) {
    if (scratch_) return stream_.launch(parameters, &*scratch_);
    const device::Device::Plan plan = gpu_.plan(parameters);
    if (!plan.is_served)
      throw Error(ExitCode::no_gpu,
                  std::string(device::OperatorOf<Parameters>::name) + ": " + plan.why_not);
    most_ = std::max(most_, plan.workspace);
  }
  void clear(void* memory, std::uint64_t bytes) {
    if (scratch_) stream_.fill(static_cast<std::byte*>(memory), 0, bytes);
  }
  void plan_ends() { scratch_.emplace(gpu_, most_); }

  device::Stream& stream() { return stream_; }

 private:
  const device::Device& gpu_;
  device::Stream stream_;
  std::uint64_t most_ = 1;
  std::optional<device::Memory> scratch_;
};

// What goes up for one step, in one copy.
class Staging {
 public:
  Staging(const device::Device& gpu, std::uint64_t bytes)
      : here_(gpu, bytes, device::Memory::Place::pinned), there_(gpu, bytes) {}

  void begin() { used_ = 0; }
  // Where the elements will be on the device.
  template <typename Element>
  const Element* put(std::span<const Element> elements) {
    constexpr std::uint64_t kAlignment = 16;
    const std::uint64_t at = used_;
    used_ += (elements.size_bytes() + kAlignment - 1) / kAlignment * kAlignment;
    if (used_ > here_.size()) throw Error(ExitCode::failed, "a step stages more than was planned");
    std::memcpy(here_.data() + at, elements.data(), elements.size_bytes());
    return reinterpret_cast<const Element*>(there_.data() + at);
  }
  void upload(device::Stream& stream) { stream.upload(there_.data(), here_, used_); }

 private:
  device::Memory here_, there_;
  std::uint64_t used_ = 0;
};

}  // namespace aiops::fakes
