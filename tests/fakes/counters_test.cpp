// SPDX-License-Identifier: Apache-2.0
// What NVML counts of a device, through the interface. The fake counts 250 mJ more each time.
#include "kernels/device/counters.hpp"

#include "tests/fakes/fixture.hpp"

namespace aiops::fakes {
namespace {

TEST_F(OnFakes, CountersAreReadThroughTheInterface) {
  const device::Device counted(device::Plugin::open({.plugin = AIOPS_FAKES "/libaiops_cuda.so",
                                                     .library_dirs = AIOPS_FAKES}),
                               0, device::Determinism::off);
  const auto first = device::read_counters(counted);
  const auto second = device::read_counters(counted);
  ASSERT_TRUE(first.joules && second.joules);
  EXPECT_DOUBLE_EQ(*second.joules - *first.joules, 0.25);
  EXPECT_EQ(first.sm_clock_mhz, 345);
  EXPECT_EQ(first.throttle_reasons, 0U);
}

}  // namespace
}  // namespace aiops::fakes
