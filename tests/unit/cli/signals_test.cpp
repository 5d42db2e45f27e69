// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.hpp"

#include "base/run_signals.hpp"
#include "fake.hpp"

#include <unistd.h>

#include <csignal>

namespace aiops {
namespace {

// Each runs in a process of its own: a signal handler belongs to the process.
TEST(SignalsDeathTest, TheFirstSetsTheFlag) {
  EXPECT_EXIT(
      {
        const StopFlag& stop = watch_signals();
        if (stop.requested()) std::_Exit(1);
        ::raise(SIGTERM);
        if (stop.signal() != SIGTERM) std::_Exit(2);
        const Error error = error_of([&] { stop.check(); });
        std::_Exit(static_cast<int>(error.code));
      },
      testing::ExitedWithCode(143), "");
}

TEST(SignalsDeathTest, TheSecondEndsTheProgram) {
  EXPECT_EXIT(
      {
        watch_signals();
        ::raise(SIGINT);
        ::raise(SIGINT);
        std::_Exit(0);
      },
      testing::KilledBySignal(SIGINT), "");
}

TEST(SignalsDeathTest, ASecondOneMayHaveToWait) {
  EXPECT_EXIT(
      {
        const StopFlag& stop = watch_signals();
        ::raise(SIGUSR1);
        {
          const OnSecondRequest patient(RunSignals::Again::ends_by_interrupt_only);
          ::raise(SIGTERM);
          ::raise(SIGUSR1);
          const OnSecondRequest writing(RunSignals::Again::is_ignored);
          ::raise(SIGINT);
        }
        if (stop.signal() != SIGUSR1) std::_Exit(1);
        ::raise(SIGTERM);
        std::_Exit(2);
      },
      testing::KilledBySignal(SIGTERM), "");
}

TEST(SignalsDeathTest, AWishToSaveStopsNothing) {
  EXPECT_EXIT(
      {
        const StopFlag& stop = watch_signals();
        if (run_signals.take_save_wish()) std::_Exit(1);
        ::raise(SIGUSR2);
        ::raise(SIGUSR2);
        if (!run_signals.take_save_wish() || run_signals.take_save_wish()) std::_Exit(2);
        std::_Exit(stop.requested() ? 3 : 0);
      },
      testing::ExitedWithCode(0), "");
}

TEST(SignalsDeathTest, AnIgnoredSignalStaysIgnored) {
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_IGN);
        const StopFlag& stop = watch_signals();
        ::raise(SIGINT);
        std::_Exit(stop.requested() ? 1 : 0);
      },
      testing::ExitedWithCode(0), "");
}

TEST(SignalsDeathTest, AClosedPipeIsAnError) {
  EXPECT_EXIT(
      {
        survive_closed_pipes();
        int ends[2];
        if (::pipe(ends) != 0) std::_Exit(1);
        ::close(ends[0]);
        std::_Exit(::write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 2);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace aiops
