// SPDX-License-Identifier: Apache-2.0
#include "pack/parts.hpp"

#include "base/error.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace aiops::pack {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
using namespace std::chrono_literals;

// A place that sends parts as it is told to.
class PartsTest : public testing::Test {
 protected:
  using Behaviour = std::function<void(int call, std::uint64_t offset, std::uint64_t length,
                                       const Sink&, const std::function<bool()>& abandon)>;

  PartsTest() : content_(64 * kMiB, '\0') {
    for (std::size_t i = 0; i < content_.size(); i += 4096)
      content_[i] = static_cast<char>(i >> 12U);
    blob_ = memory_blob(content_, "text/plain");
    blob_.idle_jobs = std::make_shared<JobSlots>(4);
  }

  void send(std::uint64_t offset, std::uint64_t length, const Sink& sink) const {
    for (std::uint64_t end = offset + length; offset < end; offset += 65536)
      sink(std::as_bytes(std::span(content_))
               .subspan(offset, std::min<std::uint64_t>(65536, end - offset)));
  }

  // Fetches in parts; returns the Error's message, or "right" or "gaps".
  std::string run(const Behaviour& behaviour) {
    blob_.parts = Parts{[] { return true; },
                        [&](std::uint64_t offset, std::uint64_t length, const Sink& sink,
                            const std::function<bool()>& abandon) {
                          most_ = std::max<int>(most_, ++now_);
                          struct Leave {
                            std::atomic<int>& now;
                            ~Leave() { --now; }
                          } leave{now_};
                          behaviour(calls_++, offset, length, sink, abandon);
                        }};
    const auto partial =
        Partial::own(scratch_ / "x.partial", blob_.descriptor, [] { return false; });
    std::uint64_t moved = 0;
    try {
      fetch_parts(
          *partial, blob_, [&](std::uint64_t n) { moved += n; },
          std::move(*blob_.idle_jobs->try_take()));
    } catch (const Error& error) {
      return error.message;
    }
    if (!partial->is_full()) return "gaps";
    EXPECT_EQ(moved, content_.size());
    return partial->is_right() ? "right" : "wrong";
  }
  int idle() const {
    int count = 0;
    std::vector<JobSlots::Lease> leases;
    for (auto lease = blob_.idle_jobs->try_take(); lease; lease = blob_.idle_jobs->try_take()) {
      leases.push_back(std::move(*lease));
      ++count;
    }
    return count;
  }

  Scratch scratch_;
  std::string content_;
  Blob blob_ = memory_blob("", "text/plain");
  std::atomic<int> calls_{0}, now_{0}, most_{0};
};

TEST_F(PartsTest, AllIdleJobsHelpAndAreGivenBack) {
  EXPECT_EQ(run([&](int, auto offset, auto length, const Sink& sink, const auto&) {
              std::this_thread::sleep_for(20ms);
              send(offset, length, sink);
            }),
            "right");
  EXPECT_EQ(most_, 5);  // the caller's own job and four idle ones
  EXPECT_EQ(idle(), 4);
}

// The place serves one connection at any time: of two that come together one is served.
TEST_F(PartsTest, AHelperThatIsTurnedAwayCostsNothing) {
  std::atomic_flag serving;
  EXPECT_EQ(run([&](int, auto offset, auto length, const Sink& sink, const auto&) {
              if (serving.test_and_set()) throw Error(ExitCode::unavailable, "one connection each");
              send(offset, length, sink);
              serving.clear();
            }),
            "right");
}

TEST_F(PartsTest, WhenAllAreTurnedAwayTheCauseIsTold) {
  EXPECT_EQ(run([&](int, auto, auto, const Sink&, const auto&) {
              throw Error(ExitCode::unavailable, "nobody is served");
            }),
            "nobody is served");
  EXPECT_EQ(idle(), 4);
}

TEST_F(PartsTest, ARealFailureEndsTheOthers) {
  EXPECT_EQ(run([&](int call, auto offset, auto, const Sink& sink, const auto& abandon) {
              if (call == 2) throw Error(ExitCode::denied, "not you");
              while (!abandon()) std::this_thread::sleep_for(5ms);
              send(offset, 1, sink);
              throw Parts::Abandoned();
            }),
            "not you");
}

TEST_F(PartsTest, APlaceThatStopsSendingPartsLeavesGaps) {
  EXPECT_EQ(run([&](int call, auto offset, auto length, const Sink& sink, const auto&) {
              if (call > 2) throw Parts::Refused();
              send(offset, length, sink);
            }),
            "gaps");
}

// One connection delivers a little and then nothing: it is given up, and its rest asked for again.
TEST_F(PartsTest, AStragglerIsReplaced) {
  std::atomic<int> given_up{0};
  EXPECT_EQ(run([&](int call, auto offset, auto length, const Sink& sink, const auto& abandon) {
              if (call == 1) {
                send(offset, 65536, sink);
                while (!abandon()) std::this_thread::sleep_for(10ms);
                ++given_up;
                throw Parts::Abandoned();
              }
              for (std::uint64_t at = 0; at < length; at += kMiB) {  // about 5 MiB/s each
                send(offset + at, std::min(kMiB, length - at), sink);
                std::this_thread::sleep_for(200ms);
              }
            }),
            "right");
  EXPECT_EQ(given_up, 1);
}

}  // namespace
}  // namespace aiops::pack
