// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/disk_space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Listener final : public Status {
 public:
  explicit Listener(StopFlag* stop = nullptr) : stop_(stop) {}
  void step(std::string_view what) override { said.emplace_back(what); }
  void detail(std::string_view) override {}
  void debug(std::string_view) override {}
  void warn(std::string_view what) override {
    said.emplace_back(what);
    if (stop_ != nullptr) stop_->request(15);
  }
  void begin(std::string_view, std::uint64_t, Unit) override {}
  void advance(std::uint64_t) override {}
  void note(std::string_view) override {}
  void end() override {}

  std::vector<std::string> said;

 private:
  StopFlag* stop_;
};

const std::filesystem::path kNowhere = "/no/such/directory";

TEST(DiskSpace, SaysNothingWhereThereIsSpace) {
  Listener status;
  const StopFlag stop;
  int calls = 0;
  DiskSpace(kNowhere, status, stop).wait_for([&] { ++calls; });
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(status.said.empty());
}

TEST(DiskSpace, GivesUpWhenStopped) {
  StopFlag stop;
  Listener status(&stop);
  int calls = 0;
  EXPECT_THROW(DiskSpace(kNowhere, status, stop).wait_for([&] {
    ++calls;
    throw system_error("x", ENOSPC);
  }),
               Error);
  EXPECT_EQ(calls, 2);  // once more, in case space came with the stop
  EXPECT_THAT(status.said, ElementsAre(HasSubstr("No space left on device; waiting")));
}

TEST(DiskSpace, LeavesOtherErrorsAlone) {
  Listener status;
  const StopFlag stop;
  int calls = 0;
  EXPECT_THROW(DiskSpace(kNowhere, status, stop).wait_for([&] {
    ++calls;
    throw system_error("x", EIO);
  }),
               Error);
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(status.said.empty());
  EXPECT_TRUE(is_full_disk(system_error("x", EDQUOT)));
}

}  // namespace
}  // namespace aiops::train
