// SPDX-License-Identifier: Apache-2.0
// What engines on a GPU are made of: arrays of the host on their way there and back, and operators
// that are planned once and queued as often as one likes.
#pragma once

#include "base/error.hpp"
#include "kernels/device/checks/workbench.hpp"
#include "kernels/device/device.hpp"
#include "kernels/gemm.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace aiops::bench {

using kernels::device::Type;
using DeviceArray = kernels::device::Array;

inline Type type_of(kernels::Precision precision) {
  return precision == kernels::Precision::bf16 ? Type::bf16 : Type::fp32;
}

class DeviceWork {
 public:
  explicit DeviceWork(std::shared_ptr<const kernels::device::Device> device)
      : device_(std::move(device)), bench_(*device_) {}
  DeviceWork(const DeviceWork&) = delete;
  DeviceWork& operator=(const DeviceWork&) = delete;

  // These wait: whatever is refused or fails afterwards ends arrays that nothing works on.
  DeviceArray put(std::span<const float> numbers, Type type) {
    return settled(bench_.put(kernels::reference::Numbers(numbers.begin(), numbers.end()), type));
  }
  DeviceArray put(const std::vector<std::int32_t>& numbers) { return settled(bench_.put(numbers)); }
  DeviceArray room(std::int64_t count, Type type) { return settled(bench_.room(count, type)); }
  // Waits for what is queued.
  void fetch(const DeviceArray& from, std::span<float> to) {
    std::ranges::transform(bench_.read(from), to.begin(),
                           [](double number) { return static_cast<float>(number); });
  }
  void wait() { bench_.stream().synchronise(); }
  kernels::device::Stream& stream() { return bench_.stream(); }

  // Plans; what queues the operator. `engine` is whose words are said: throws Error{usage} with its
  // reason where it does not serve the parameters.
  template <typename Parameters>
  std::function<void()> prepare(const std::string& engine, const Parameters& parameters) {
    const auto plan = device_->plan(parameters);
    if (!plan.is_served) throw Error(ExitCode::usage, engine + ": " + plan.why_not);
    const auto scratch = std::make_shared<const kernels::device::Memory>(*device_, plan.workspace);
    return [this, parameters, scratch] { bench_.stream().launch(parameters, scratch.get()); };
  }

 private:
  DeviceArray settled(DeviceArray array) {
    wait();
    return array;
  }

  std::shared_ptr<const kernels::device::Device> device_;
  kernels::device::Workbench bench_;
};

}  // namespace aiops::bench
