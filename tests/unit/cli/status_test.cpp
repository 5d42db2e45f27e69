// SPDX-License-Identifier: Apache-2.0
#include "base/status.hpp"

#include "cli/output.hpp"
#include "cli/text.hpp"
#include "fake.hpp"

#include <thread>

namespace aiops {
namespace {

using testing::HasSubstr;
using testing::Not;

// What `talk` writes to standard error.
std::string said(StatusOptions options, const std::function<void(Status&)>& talk) {
  options.width = [] { return std::size_t{60}; };
  testing::internal::CaptureStderr();
  {
    const auto status = make_status(options);
    talk(*status);
  }
  return testing::internal::GetCapturedStderr();
}

void everything(Status& status) {
  status.step("a step");
  status.detail("a detail");
  status.debug("a debug line");
  status.warn("a warning");
}

TEST(Status, SaysMoreWithEachVolume) {
  EXPECT_EQ(said({.volume = Volume::quiet}, everything), "aiops: warning: a warning\n");
  EXPECT_EQ(said({}, everything), "a step\naiops: warning: a warning\n");
  EXPECT_EQ(said({.volume = Volume::verbose}, everything),
            "a step\na detail\naiops: warning: a warning\n");
  EXPECT_THAT(said({.volume = Volume::debug}, everything),
              testing::MatchesRegex("a step\na detail\n[-0-9]+T[0-9:.]+Z a debug line\n"
                                    "aiops: warning: a warning\n"));
}

TEST(Status, MasksSecretsInDebugLines) {
  const auto text = said({.volume = Volume::debug},
                         [](Status& status) { status.debug("Authorization: Basic abc"); });
  EXPECT_THAT(text, HasSubstr("Authorization: ***"));
}

TEST(Status, RedrawsOneLineOnATerminal) {
  const auto text = said({.terminal = true}, [](Status& status) {
    Task task(status, "sending", 100, Status::Unit::items);
    status.step("in between");
  });
  EXPECT_THAT(text, HasSubstr("\r\033[Ksending"));
  EXPECT_THAT(text, HasSubstr("\r\033[Kin between\n"));
  EXPECT_TRUE(text.ends_with("\r\033[K")) << "the line is gone at the end";
}

TEST(Status, NeverWritesMoreThanTheWidth) {
  const auto text = said({.terminal = true}, [](Status& status) {
    Task task(status, std::string(200, 'x'), 100);
    status.step("y");
  });
  for (const auto& line : split(text, '\n'))
    for (const auto& frame : split(line, '\r')) EXPECT_LE(display_width(frame), 60 + 3) << frame;
}

// A narrow window gives up the bar, then the amounts, and keeps what is said of the work.
TEST(Status, KeepsTheNoteInANarrowWindow) {
  const auto frame = [](std::size_t columns) {
    testing::internal::CaptureStderr();
    {
      const auto status = make_status({.terminal = true, .width = [columns] { return columns; }});
      Task task(*status, "training", 600, Status::Unit::items);
      task.advance(300);
      status->note("loss 1.448  39K tok/s");
      status->step("said");
    }
    auto text = testing::internal::GetCapturedStderr();
    return split(split(text, '\n').at(1), '\r').front();
  };
  EXPECT_EQ(frame(46), "training  50%  loss 1.448  39K tok/s");
  EXPECT_EQ(frame(56), "training  50%  300 / 600  loss 1.448  39K tok/s");
  EXPECT_EQ(frame(60), "training  ━━━━┈┈┈┈  50%  300 / 600  loss 1.448  39K tok/s");
  EXPECT_EQ(display_width(frame(200)), 47u + 2 + 24);
  EXPECT_EQ(frame(9), "trainin…");
}

TEST(Status, IsSilentInALogForShortTasks) {
  const auto task = [](Status& status) {
    Task t(status, "sending", 100);
    t.advance(100);
  };
  EXPECT_EQ(said({}, task), "");
  EXPECT_EQ(said({.progress = ProgressMode::none, .terminal = true}, task), "");
  EXPECT_EQ(said({.volume = Volume::quiet, .terminal = true}, task), "");
}

TEST(Status, PlainProgressNeverRedraws) {
  const auto text = said({.progress = ProgressMode::plain, .terminal = true}, [](Status& status) {
    Task task(status, "sending", 100);
    task.advance(100);
    status.step("done");
  });
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

TEST(Status, LinesOfSeveralThreadsStayWhole) {
  const auto text = said({.terminal = true}, [](Status& status) {
    Task task(status, "sending", 4000);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int j = 0; j < 200; ++j) {
          task.advance(1);
          status.step("whole line");
        }
      });
  });
  std::size_t lines = 0;
  for (const auto& line : split(text, '\n')) lines += line.ends_with("whole line") ? 1 : 0;
  EXPECT_EQ(lines, 800u);
}

}  // namespace
}  // namespace aiops
