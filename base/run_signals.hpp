// SPDX-License-Identifier: Apache-2.0
// What signals ask of a long run besides stopping it. Signals belong to the process, and so does
// this: cli/ sets it from its handlers, a run looks at it between its steps.
#pragma once

#include <atomic>

namespace aiops {

class RunSignals {
 public:
  // A person or an engine would like to have on disk what there is, and the work to go on.
  void wish_to_save() noexcept { save_wished_.store(true); }
  // True once for each wish, or for several that came at once.
  bool take_save_wish() noexcept { return save_wished_.exchange(false); }

  // What a second request to stop does to work that winds up.
  enum class Again { ends, ends_by_interrupt_only, is_ignored };
  void on_second(Again again) noexcept { again_.store(again); }
  Again on_second() const noexcept { return again_.load(); }

 private:
  std::atomic<bool> save_wished_{false};
  std::atomic<Again> again_{Again::ends};
  // So that a handler may store.
  static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<Again>::is_always_lock_free);
};

inline constinit RunSignals run_signals;

// From here to the end of the scope.
class OnSecondRequest {
 public:
  explicit OnSecondRequest(RunSignals::Again again) : before_(run_signals.on_second()) {
    run_signals.on_second(again);
  }
  ~OnSecondRequest() { run_signals.on_second(before_); }
  OnSecondRequest(const OnSecondRequest&) = delete;
  OnSecondRequest& operator=(const OnSecondRequest&) = delete;

 private:
  RunSignals::Again before_;
};

}  // namespace aiops
