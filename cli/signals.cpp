// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.hpp"

#include "base/run_signals.hpp"

#include <csignal>

namespace aiops {
namespace {

StopFlag stop_flag;

bool withstands(int signal) {
  switch (run_signals.on_second()) {
    case RunSignals::Again::ends:
      return false;
    case RunSignals::Again::ends_by_interrupt_only:
      return signal != SIGINT;
    case RunSignals::Again::is_ignored:
      return true;
  }
  return false;
}

// Async-signal-safe, like all of these: lock-free stores, signal() and raise().
void on_signal(int signal) {
  if (!stop_flag.requested()) {
    stop_flag.request(signal);
  } else if (!withstands(signal)) {
    std::signal(signal, SIG_DFL);
    ::raise(signal);  // delivered when this handler has returned
  }
}

void on_wish(int) { run_signals.wish_to_save(); }

// Unless whoever started us wants it ignored: nohup, `cmd &`.
void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction before {};
  ::sigaction(signal, nullptr, &before);
  if (before.sa_handler == SIG_IGN) return;
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  ::sigaction(signal, &action, nullptr);
}

void on_relayed_signal(int signal, siginfo_t* info, void*) {
  const int cause = info->si_code == SI_QUEUE ? info->si_value.sival_int : 0;
  if (cause == SIGUSR2) return run_signals.wish_to_save();
  stop_flag.request(cause != 0 ? cause : SIGTERM);
  std::signal(signal, SIG_DFL);
}

}  // namespace

const StopFlag& watch_signals() {
  // No SA_RESTART for a stop: a blocked read returns, and its loop asks the flag.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1}) handle(signal, on_signal, 0);
  handle(SIGUSR2, on_wish, SA_RESTART);
  return stop_flag;
}

int relayed_signal() { return SIGRTMIN + 7; }

void obey(int signal) {
  for (const int outside : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2})
    std::signal(outside, SIG_IGN);
  struct sigaction action {};
  action.sa_sigaction = on_relayed_signal;
  action.sa_flags = SA_SIGINFO;
  ::sigaction(signal, &action, nullptr);
}

const StopFlag& noted_stop() { return stop_flag; }

void survive_closed_pipes() {
  struct sigaction action {};
  action.sa_handler = [](int) {};  // exec resets a handler, but would pass SIG_IGN on
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGPIPE, &action, nullptr);
}

}  // namespace aiops
