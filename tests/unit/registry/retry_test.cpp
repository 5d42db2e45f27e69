// SPDX-License-Identifier: Apache-2.0
#include "registry/retry.hpp"

#include "registry/stall_watch.hpp"

#include <gtest/gtest.h>

namespace aiops::registry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const auto kNow = std::chrono::system_clock::from_time_t(1'746'136'900);

TEST(RetryAfter, ReadsEveryFormServersSend) {
  EXPECT_EQ(parse_retry_after("3", kNow), seconds(3));
  EXPECT_EQ(parse_retry_after("0", kNow), seconds(0));
  EXPECT_EQ(parse_retry_after("1.5s", kNow), milliseconds(1500));
  EXPECT_EQ(parse_retry_after("880.092us", kNow), milliseconds(1));
  EXPECT_EQ(parse_retry_after("1746136938", kNow), seconds(38));  // an epoch
  EXPECT_EQ(parse_retry_after("Thu, 01 May 2025 22:01:50 GMT", kNow), seconds(10));
}

TEST(RetryAfter, IsClampedAndRefusesJunk) {
  EXPECT_EQ(parse_retry_after("86399", kNow), kLongestWait);
  EXPECT_EQ(parse_retry_after("1746136000", kNow), seconds(0));  // past
  EXPECT_EQ(parse_retry_after("-5", kNow), seconds(0));
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 1013 07:28:00 GMT", kNow), seconds(0));
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 9999 07:28:00 GMT", kNow), kLongestWait);
  for (const char* junk : {"", "soon", "3 parsecs", "nan", "1e99999", "Thu, 32 Foo"})
    EXPECT_EQ(parse_retry_after(junk, kNow), std::nullopt) << junk;
}

TEST(Transient, IsWhatMayChange) {
  for (int status : {408, 425, 429, 499, 500, 502, 503, 504, 520, 524})
    EXPECT_TRUE(is_transient(status)) << status;
  for (int status : {200, 400, 401, 403, 404, 405, 409, 413, 415, 416, 422, 501, 505, 525})
    EXPECT_FALSE(is_transient(status)) << status;
}

TEST(RetryBudget, RefillsOnProgress) {
  HostGate gate;
  StopFlag stop;
  Traffic traffic;
  RetryBudget budget(1, gate, stop, traffic);
  EXPECT_TRUE(budget.try_again(milliseconds(0)));
  EXPECT_FALSE(budget.try_again(milliseconds(0)));
  budget.progressed();
  EXPECT_TRUE(budget.try_again(milliseconds(0)));
  EXPECT_EQ(traffic.retries, 2U);
}

TEST(StallWatch, CountsATrickleAsAStall) {
  const auto start = StallWatch::Clock::now();
  StallWatch watch(seconds(30), 0, start);
  EXPECT_FALSE(watch.stalled(1000, false, start + seconds(29)));
  EXPECT_TRUE(watch.stalled(2000, false, start + seconds(31)));  // 2000 bytes in 31 s
}

TEST(StallWatch, MovesOnWithEnoughBytesAndWaitsLongerForAReply) {
  const auto start = StallWatch::Clock::now();
  StallWatch watch(seconds(30), 80u << 20, start);
  EXPECT_FALSE(watch.stalled(40'000, false, start + seconds(29)));
  EXPECT_FALSE(watch.stalled(40'001, false, start + seconds(58)));
  EXPECT_FALSE(watch.stalled(40'001, true, start + seconds(58)));
  EXPECT_FALSE(watch.stalled(40'001, true, start + seconds(58 + 69)));  // 30 + 30 + 80/8
  EXPECT_TRUE(watch.stalled(40'001, true, start + seconds(58 + 70)));
}

}  // namespace
}  // namespace aiops::registry
