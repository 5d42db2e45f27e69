// SPDX-License-Identifier: Apache-2.0
// Device memory, launches and reports, without a kernel.
#include "tests/simt/runtime/device.hpp"
#include "tests/simt/runtime/device_memory.hpp"
#include "tests/simt/runtime/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace aiops::simt {
namespace {

Fault only_fault() {
  const auto reports = take_reports();
  EXPECT_EQ(reports.size(), 1U);
  return reports.empty() ? Fault::launch : reports[0].fault;
}

TEST(DeviceMemory, EndsAtAPageThatNobodyMayTouch) {
  auto* p = static_cast<char*>(allocate(20, "p"));
  p[31] = 1;  // rounded up to 16 bytes
  EXPECT_DEATH(p[32] = 1, "");
  release(p);
  EXPECT_DEATH(p[0] = 1, "");
}

TEST(DeviceMemory, IsFullOfRubbish) {
  void* p = allocate(4, "p");
  std::array<unsigned char, 4> bytes{};
  copy_from_device(bytes.data(), p, 4);
  EXPECT_EQ(bytes, (std::array<unsigned char, 4>{255, 255, 255, 255}));
  release(p);
}

TEST(DeviceMemory, NoticesCopiesBeyondIt) {
  auto* p = static_cast<char*>(allocate(20, "p"));
  std::array<char, 64> host{};
  copy_to_device(p, host.data(), 21);
  EXPECT_EQ(only_fault(), Fault::host_copy);
  copy_from_device(host.data(), p + 1, 20);
  EXPECT_EQ(only_fault(), Fault::host_copy);
  fill(host.data(), 0, 4);
  EXPECT_EQ(only_fault(), Fault::host_copy);
  copy_on_device(p, host.data(), 4);
  EXPECT_EQ(only_fault(), Fault::host_copy);
  release(p + 1);
  EXPECT_EQ(only_fault(), Fault::host_copy);
  release(p);
  release(p);
  EXPECT_EQ(only_fault(), Fault::host_copy);
}

TEST(DeviceMemory, CopiesWithinItself) {
  auto* p = static_cast<char*>(allocate(8, "p"));
  const std::array<char, 2> two{'a', 'b'};
  copy_to_device(p, two.data(), 2);
  copy_on_device(p + 4, p, 4);
  EXPECT_EQ(p[5], 'b');
  EXPECT_TRUE(allocation_of(p, 8)->shadow.initialised(5));
  EXPECT_FALSE(allocation_of(p, 8)->shadow.initialised(6));
  release(p);
}

std::vector<unsigned> seen;  // blocks · 100 + threads, as they ran
void record(const std::byte*) { seen.push_back(100 * block_index().x + thread_index().x); }

kernels::cuda::LaunchStatus launch(Index grid, Index block, std::size_t dynamic_shared = 0) {
  return execute({.name = "record",
                  .run = record,
                  .block_of_parameters = {},
                  .parameters = {},
                  .grid = grid,
                  .block = block,
                  .dynamic_shared = dynamic_shared,
                  .stream = nullptr});
}

TEST(Launch, RunsThreadsInTheOrderThatIsAskedFor) {
  seen.clear();
  options() = {.order = Order::forward};
  EXPECT_TRUE(launch({2, 1, 1}, {2, 1, 1}).ok());
  EXPECT_EQ(seen, (std::vector<unsigned>{0, 1, 100, 101}));
  seen.clear();
  options() = {.order = Order::reverse};
  EXPECT_TRUE(launch({2, 1, 1}, {2, 1, 1}).ok());
  EXPECT_EQ(seen, (std::vector<unsigned>{101, 100, 1, 0}));
  seen.clear();
  options() = {.order = Order::random, .seed = 5};
  EXPECT_TRUE(launch({1, 1, 1}, {64, 1, 1}).ok());
  const auto first = std::exchange(seen, {});
  EXPECT_TRUE(launch({1, 1, 1}, {64, 1, 1}).ok());
  EXPECT_EQ(seen, first) << "the same seed, another order";
  EXPECT_FALSE(std::is_sorted(seen.begin(), seen.end()));
  options() = {};
}

TEST(Launch, RefusesWhatADeviceWould) {
  EXPECT_FALSE(launch({0, 1, 1}, {}).ok());
  EXPECT_FALSE(launch({}, {1025, 1, 1}).ok());
  EXPECT_FALSE(launch({1, 65536, 1}, {}).ok());
  EXPECT_FALSE(launch({}, {}, 228 << 10).ok());
  EXPECT_EQ(take_reports().size(), 4U);
}

TEST(Launch, GoesToTheQueueWhereThereIsOne) {
  seen.clear();
  std::vector<std::function<kernels::cuda::LaunchStatus()>> waiting;
  set_launch_queue([&](const Launch&, std::function<kernels::cuda::LaunchStatus()> later) {
    waiting.push_back(std::move(later));
    return kernels::cuda::LaunchStatus{};
  });
  EXPECT_TRUE(launch({}, {}).ok());
  EXPECT_TRUE(seen.empty());
  EXPECT_TRUE(waiting.at(0)().ok());
  EXPECT_EQ(seen.size(), 1U);
  set_launch_queue({});
}

TEST(Report, NamesTheFaultAndTheObject) {
  copy_from_device(nullptr, nullptr, 4);
  const auto reports = take_reports();
  ASSERT_EQ(reports.size(), 1U);
  const std::string line = describe(reports[0]);
  EXPECT_EQ(line.find("host copy: the host reads 4 bytes at "), 0U) << line;
}

}  // namespace
}  // namespace aiops::simt
