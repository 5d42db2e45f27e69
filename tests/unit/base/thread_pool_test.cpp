// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace aiops {
namespace {

TEST(ThreadPool, RunsEveryPieceOnce) {
  ThreadPool threads(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::atomic<int>> hits(37);
    threads.run(hits.size(), [&](std::size_t i) { ++hits[i]; });
    for (const auto& hit : hits) ASSERT_EQ(hit, 1);
  }
}

// Jobs of changing size, back to back: a worker that is late for one must not touch the next.
TEST(ThreadPool, LateWorkersDoNoHarm) {
  ThreadPool threads(4);
  for (std::size_t round = 0; round < 5000; ++round) {
    const std::size_t count = 2 + round % 7;
    std::vector<std::atomic<int>> hits(count);
    threads.run(count, [&](std::size_t i) { ++hits.at(i); });
    for (const auto& hit : hits) ASSERT_EQ(hit, 1) << "round " << round;
  }
}

// Pauses about as long as workers look for a job before they park: one that parks just when the
// next job begins must still be woken, or find it. Both pieces wait for each other, so it must
// come.
TEST(ThreadPool, WakesWorkersThatJustParked) {
  ThreadPool threads(2);
  for (int round = 0; round < 300; ++round) {
    std::this_thread::sleep_for(std::chrono::microseconds(round % 100));
    std::atomic<int> here{0};
    threads.run(2, [&](std::size_t) {
      ++here;
      while (here != 2) std::this_thread::yield();
    });
  }
}

TEST(ThreadPool, RethrowsAndGoesOn) {
  ThreadPool threads(3);
  EXPECT_THROW(threads.run(8,
                           [](std::size_t i) {
                             if (i == 5) throw std::runtime_error("five");
                           }),
               std::runtime_error);
  std::atomic<int> ran{0};
  threads.run(8, [&](std::size_t) { ++ran; });
  EXPECT_EQ(ran, 8);
}

}  // namespace
}  // namespace aiops
