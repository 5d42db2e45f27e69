// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/device/device.hpp"
#include "tests/fakes/cudart/fake_cudart.hpp"

#include <cudnn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace aiops::fakes {

namespace device = kernels::device;

inline constexpr struct {
  const char* name;
  Order order;
  std::uint64_t seed;
} kOrders[] = {{"lazy", Order::lazy, 0},
               {"eager", Order::eager, 0},
               {"shuffled by 1", Order::shuffled, 1},
               {"shuffled by 2", Order::shuffled, 2}};

// Why the real cuDNN cannot be asked about GPUs that are not there; empty: it can.
inline std::string why_no_cudnn() {
  const std::size_t version = ::cudnnGetVersion();  // the fake's, which has it from the real one
  if (version == 0) return "there is no real cuDNN";
  if (version / 100 != 919) return "descriptions of GPUs are in the form of cuDNN 9.19";
  return {};
}

// The plug-in that ships, on the fakes. A test that does not take the complaints that it provoked
// fails.
struct OnFakes : testing::Test {
  static std::shared_ptr<const device::Plugin> open_plugin() {
    return device::Plugin::open({.plugin = AIOPS_FAKES "/libaiops_cuda.so", .library_dirs = {}});
  }
  void TearDown() override {
    set_order(Order::lazy);
    set_thread_order(ThreadOrder::forward);
    EXPECT_THAT(take_complaints(), testing::IsEmpty());
  }
  // The one complaint that there is, taken.
  static std::string complaint() {
    const auto all = take_complaints();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? "" : all.front();
  }

  device::Device gpu{open_plugin(), 0, device::Determinism::off};
};

}  // namespace aiops::fakes
