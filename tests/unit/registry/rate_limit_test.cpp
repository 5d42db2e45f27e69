// SPDX-License-Identifier: Apache-2.0
#include "registry/rate_limit.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace aiops::registry {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

TEST(RateLimit, HoldsForAllThreadsTogether) {
  RateLimit limit(1'000'000);
  StopFlag stop;
  const auto began = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) limit.take(10'000, stop);
    });
  for (auto& thread : threads) thread.join();
  // 400,000 bytes take 0.4 s, of which a tenth of a second may pass at once.
  EXPECT_GE(Clock::now() - began, milliseconds(290));
}

TEST(RateLimit, IsNoBankForIdleTime) {
  RateLimit limit(1'000'000);
  StopFlag stop;
  limit.take(1, stop);
  std::this_thread::sleep_for(milliseconds(300));
  const auto began = Clock::now();
  limit.take(300'000, stop);
  EXPECT_GE(Clock::now() - began, milliseconds(190));
}

TEST(RateLimit, AStopWakesTheSleeper) {
  RateLimit limit(1);
  StopFlag stop;
  stop.request(15);
  EXPECT_LT(limit.take(1'000'000, stop), milliseconds(1000));
}

}  // namespace
}  // namespace aiops::registry
