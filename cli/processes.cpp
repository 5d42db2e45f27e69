// SPDX-License-Identifier: Apache-2.0
// Copies of this process, by fork. A terminal, a batch system and a person send their signals
// sometimes to one process and sometimes to all of them; a rank that heard of the same request
// twice would take it for the second one, which ends it at once. So the children ignore what comes
// from outside and obey only their parent, by a signal that nobody else uses; they get it too when
// the parent dies. The same signal passes on the wish for a checkpoint.
#include "cli/processes.hpp"

#include "base/error.hpp"
#include "base/run_signals.hpp"
#include "base/time.hpp"
#include "cli/output.hpp"
#include "cli/signals.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>

namespace aiops {
namespace {

constexpr double kPatience = 60;         // seconds for the others when one has failed
constexpr long kGlanceNs = 100'000'000;  // between two looks at the stop flag

// SIGCHLD waits to be asked for, until the end of the scope; so does what a child is told before it
// knows how to obey.
class ChildrenHeld {
 public:
  ChildrenHeld() {
    ::sigemptyset(&children_);
    ::sigaddset(&children_, SIGCHLD);
    sigset_t held = children_;
    ::sigaddset(&held, relayed_signal());
    ::sigprocmask(SIG_BLOCK, &held, &before_);
  }
  ~ChildrenHeld() { release(); }
  ChildrenHeld(const ChildrenHeld&) = delete;
  ChildrenHeld& operator=(const ChildrenHeld&) = delete;

  void release() const { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  // Returns when a child has ended, a signal came, or some time has passed.
  void wait() const {
    const timespec most{0, kGlanceNs};
    ::sigtimedwait(&children_, nullptr, &most);
  }

 private:
  sigset_t children_{}, before_{};
};

int code_of(const std::function<void()>& work) {
  try {
    work();
    return 0;
  } catch (const Error& error) {
    return static_cast<int>(error.code);
  } catch (const ClosedOutput&) {
    return 0;
  } catch (const std::exception&) {
    return static_cast<int>(ExitCode::failed);
  }
}

[[noreturn]] void be_child(const std::function<void()>& work, pid_t parent,
                           const ChildrenHeld& held) {
  obey(relayed_signal());
  held.release();
  ::prctl(PR_SET_PDEATHSIG, relayed_signal());
  if (::getppid() != parent) ::raise(relayed_signal());  // it was quicker
  std::_Exit(code_of(work));
}

class Family {
 public:
  Family(const std::function<void(const ProcessEnd&)>& ended, const StopFlag& stop)
      : ended_(ended), stop_(stop) {}

  void start(const std::function<void()>& work) {
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) be_child(work, parent, held_);
    if (pid < 0) {
      const int why = errno;
      kill_all();
      throw system_error("cannot start a process", why);
    }
    pids_.push_back(pid);
    ++alive_;
  }

  void wait() {
    // Engines repeat themselves while the children wind up.
    const OnSecondRequest patient(RunSignals::Again::ends_by_interrupt_only);
    while (reap(), alive_ > 0) {
      if (stop_.requested() && !passed_on_) {
        for (const pid_t pid : pids_) tell(pid, stop_.signal());
        passed_on_ = true;
      }
      // One child is enough: they ask each other, and two that hear of it at different steps would
      // save twice.
      if (!passed_on_ && run_signals.take_save_wish()) tell(pids_.front(), SIGUSR2);
      if (failed_at_ > 0 && monotonic_seconds() > failed_at_ + kPatience) kill_all();
      held_.wait();
    }
  }

 private:
  static void tell(pid_t pid, int cause) {
    if (pid > 0) ::sigqueue(pid, relayed_signal(), {.sival_int = cause});
  }

  void kill_all() const {
    for (const pid_t pid : pids_)
      if (pid > 0) ::kill(pid, SIGKILL);
  }

  void reap() {
    for (std::size_t i = 0; i < pids_.size(); ++i) {
      int status = 0;
      if (pids_[i] <= 0 || ::waitpid(pids_[i], &status, WNOHANG) != pids_[i]) continue;
      pids_[i] = 0;
      --alive_;
      const ProcessEnd end{i, WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                           WIFSIGNALED(status) ? WTERMSIG(status) : 0};
      if ((end.code != 0 || end.signal != 0) && failed_at_ == 0) failed_at_ = monotonic_seconds();
      ended_(end);
    }
  }

  const std::function<void(const ProcessEnd&)>& ended_;
  const StopFlag& stop_;
  ChildrenHeld held_;
  std::vector<pid_t> pids_;
  std::size_t alive_ = 0;
  bool passed_on_ = false;
  double failed_at_ = 0;
};

}  // namespace

void run_processes(const std::vector<std::function<void()>>& works,
                   const std::function<void(const ProcessEnd&)>& ended, const StopFlag& stop) {
  Family family(ended, stop);
  for (const auto& work : works) family.start(work);
  family.wait();
}

}  // namespace aiops
