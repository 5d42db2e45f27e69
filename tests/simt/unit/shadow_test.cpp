// SPDX-License-Identifier: Apache-2.0
// The shadow memory by itself: which pairs of accesses it holds to be ordered.
#include "tests/simt/runtime/shadow.hpp"

#include <gtest/gtest.h>

#include <array>

namespace aiops::simt {
namespace {

constexpr unsigned kAll = 0xFFFFFFFFU;

// Two warps, one array of 64 bytes, and what has happened so far.
class ShadowMemory : public testing::Test {
 protected:
  std::optional<Finding> touch(int thread, Access kind, std::size_t offset = 0,
                               std::size_t size = 4) {
    now.thread = thread;
    now.clock = &clocks[static_cast<std::size_t>(now.warp())];
    return shadow.access(offset, size, kind, now);
  }
  bool is_clean(int thread, Access kind, std::size_t offset = 0, std::size_t size = 4) {
    return !touch(thread, kind, offset, size);
  }
  bool is_race(int thread, Access kind, std::size_t offset = 0, std::size_t size = 4) {
    const auto finding = touch(thread, kind, offset, size);
    return finding && finding->fault == Fault::race;
  }
  void block_barrier() {
    ++now.epoch;
    for (WarpClock& clock : clocks) clock.reset();
  }
  void warp_barrier(unsigned mask = kAll, std::size_t warp = 0) { clocks[warp].synchronise(mask); }
  void next_block() {
    block_barrier();
    now.block_start = now.epoch;
  }
  void next_launch() {
    next_block();
    now.launch_start = now.epoch;
  }

  Shadow shadow{64};
  Moment now;
  std::array<WarpClock, 2> clocks;
};

TEST_F(ShadowMemory, OrdersAThreadWithItself) {
  EXPECT_TRUE(is_clean(3, Access::write));
  EXPECT_TRUE(is_clean(3, Access::read));
  EXPECT_TRUE(is_clean(3, Access::atomic));
  EXPECT_TRUE(is_clean(3, Access::write));
}

TEST_F(ShadowMemory, OrdersNothingElseOfAWarp) {
  EXPECT_TRUE(is_clean(3, Access::write));
  EXPECT_TRUE(is_race(4, Access::read));
  EXPECT_TRUE(is_race(5, Access::write));
}

TEST_F(ShadowMemory, OrdersByABarrierOfTheBlock) {
  EXPECT_TRUE(is_clean(3, Access::write));
  block_barrier();
  EXPECT_TRUE(is_clean(40, Access::read));
  EXPECT_TRUE(is_clean(41, Access::read));
  block_barrier();
  EXPECT_TRUE(is_clean(5, Access::write));
}

TEST_F(ShadowMemory, OrdersByABarrierOfTheWarpOnlyWhoIsNamed) {
  EXPECT_TRUE(is_clean(3, Access::write));
  warp_barrier(0x0FU);
  EXPECT_TRUE(is_clean(2, Access::read));
  EXPECT_TRUE(is_race(7, Access::read));
}

TEST_F(ShadowMemory, OrdersThroughALaneThatMetBoth) {
  EXPECT_TRUE(is_clean(0, Access::write));
  warp_barrier(0b011U);
  warp_barrier(0b110U);
  EXPECT_TRUE(is_clean(2, Access::read));
}

TEST_F(ShadowMemory, OrdersNobodyByTheBarrierOfAnotherWarp) {
  EXPECT_TRUE(is_clean(3, Access::write));
  warp_barrier(kAll, 1);
  EXPECT_TRUE(is_race(40, Access::read));
}

TEST_F(ShadowMemory, LetsLanesReadMeetAndOneWrite) {
  EXPECT_TRUE(is_clean(9, Access::write));
  block_barrier();
  for (int lane = 0; lane < kLanes; ++lane) EXPECT_TRUE(is_clean(lane, Access::read));
  warp_barrier();
  EXPECT_TRUE(is_clean(3, Access::write));
}

TEST_F(ShadowMemory, RemembersAReaderOfAnotherWarp) {
  EXPECT_TRUE(is_clean(9, Access::write));
  block_barrier();
  EXPECT_TRUE(is_clean(40, Access::read));
  EXPECT_TRUE(is_clean(0, Access::read));
  EXPECT_TRUE(is_clean(0, Access::read));
  EXPECT_TRUE(is_race(0, Access::write));
}

TEST_F(ShadowMemory, RemembersAReaderThatAPartialBarrierLeftOut) {
  EXPECT_TRUE(is_clean(9, Access::write));
  block_barrier();
  EXPECT_TRUE(is_clean(8, Access::read));
  EXPECT_TRUE(is_clean(0, Access::read));
  warp_barrier(0b11U);
  EXPECT_TRUE(is_clean(1, Access::read));
  EXPECT_TRUE(is_race(1, Access::write));
}

TEST_F(ShadowMemory, OrdersNoTwoBlocksOfALaunch) {
  EXPECT_TRUE(is_clean(0, Access::write));
  next_block();
  EXPECT_TRUE(is_race(0, Access::read));
}

TEST_F(ShadowMemory, RemembersAReaderOfAnEarlierBlock) {
  shadow.mark_initialised(0, 64);
  EXPECT_TRUE(is_clean(0, Access::read));
  next_block();
  EXPECT_TRUE(is_clean(0, Access::read));
  EXPECT_TRUE(is_race(0, Access::write));
}

TEST_F(ShadowMemory, OrdersLaunches) {
  EXPECT_TRUE(is_clean(0, Access::write));
  next_launch();
  EXPECT_TRUE(is_clean(40, Access::read));
  next_launch();
  EXPECT_TRUE(is_clean(7, Access::write));
}

TEST_F(ShadowMemory, LetsAtomicsMeet) {
  shadow.mark_initialised(0, 64);
  EXPECT_TRUE(is_clean(0, Access::atomic));
  EXPECT_TRUE(is_clean(40, Access::atomic));
  next_block();
  EXPECT_TRUE(is_clean(3, Access::atomic));
  EXPECT_TRUE(is_race(5, Access::read));
}

TEST_F(ShadowMemory, HoldsAtomicsAgainstAPlainWriteBehindAnAtomic) {
  EXPECT_TRUE(is_clean(0, Access::write));
  EXPECT_TRUE(is_clean(0, Access::atomic));
  EXPECT_TRUE(is_race(40, Access::atomic));
}

TEST_F(ShadowMemory, HoldsAPlainWriteAgainstAtomics) {
  shadow.mark_initialised(0, 64);
  EXPECT_TRUE(is_clean(0, Access::atomic));
  EXPECT_TRUE(is_clean(40, Access::atomic));
  EXPECT_TRUE(is_race(40, Access::write));
}

TEST_F(ShadowMemory, TellsHalvesOfAWordApart) {
  EXPECT_TRUE(is_clean(0, Access::write, 0, 2));
  EXPECT_TRUE(is_clean(40, Access::write, 2, 2));
  EXPECT_TRUE(is_race(0, Access::read, 0, 4));
  block_barrier();
  EXPECT_TRUE(is_clean(50, Access::read, 0, 4));
  EXPECT_TRUE(is_race(0, Access::write, 1, 1));
  EXPECT_TRUE(is_race(50, Access::read, 0, 16)) << "the fault at byte 1 is not forgotten";
}

TEST_F(ShadowMemory, NamesTheFirstByteAndTheOtherThread) {
  EXPECT_TRUE(is_clean(33, Access::write, 0, 16));
  block_barrier();
  EXPECT_TRUE(is_clean(34, Access::write, 8, 4));
  const auto finding = touch(2, Access::read, 0, 16);
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->byte, 8U);
  EXPECT_EQ(finding->other_thread, 34);
}

TEST_F(ShadowMemory, KnowsWhatNobodyWrote) {
  const auto finding = touch(0, Access::read, 4, 4);
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->fault, Fault::uninitialised);
  shadow.mark_initialised(8, 2);
  EXPECT_TRUE(is_clean(0, Access::read, 8, 2));
  EXPECT_FALSE(is_clean(0, Access::read, 8, 4)) << "half of it has no value";
  EXPECT_FALSE(is_clean(0, Access::atomic, 12, 4));
}

TEST_F(ShadowMemory, KnowsWhatIsInFlight) {
  EXPECT_TRUE(is_clean(0, Access::write, 0, 16));
  shadow.mark_in_flight(0, 16, true);
  const auto finding = touch(0, Access::read, 4, 4);
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->fault, Fault::asynchronous);
  shadow.mark_in_flight(0, 16, false);
  EXPECT_TRUE(is_clean(0, Access::write, 0, 16));
  EXPECT_TRUE(is_race(1, Access::read, 0, 4)) << "it has arrived for the thread that waited";
}

TEST_F(ShadowMemory, CopiesWhichBytesHaveValues) {
  Shadow other(16);
  other.mark_initialised(3, 1);
  shadow.copy_marks(8, other, 2, 3);
  EXPECT_FALSE(shadow.initialised(8));
  EXPECT_TRUE(shadow.initialised(9));
  EXPECT_FALSE(shadow.initialised(10));
}

TEST_F(ShadowMemory, Forgets) {
  EXPECT_TRUE(is_clean(0, Access::write));
  shadow.forget();
  EXPECT_FALSE(shadow.initialised(0));
  EXPECT_TRUE(is_clean(40, Access::write));
}

TEST(ShadowOfNothing, FindsNothing) {
  Shadow none(0);
  none.mark_initialised(0, 64);
  const WarpClock clock;
  Moment now;
  now.clock = &clock;
  EXPECT_FALSE(none.access(0, 4, Access::read, now));
}

}  // namespace
}  // namespace aiops::simt
