// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
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
