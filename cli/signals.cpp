// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.hpp"

#include <csignal>

namespace aiops {
namespace {

StopFlag stop_flag;

// Async-signal-safe: a lock-free store and sigaction through SA_RESETHAND.
void on_signal(int signal) {
  stop_flag.request(signal);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

void on_relayed_signal(int signal, siginfo_t* info, void*) {
  const int cause = info->si_code == SI_QUEUE ? info->si_value.sival_int : 0;
  stop_flag.request(cause != 0 ? cause : SIGTERM);
  std::signal(signal, SIG_DFL);
}

}  // namespace

const StopFlag& watch_signals() {
  struct sigaction action {};
  action.sa_handler =
      on_signal;  // no SA_RESTART: a blocked read returns, and its loop asks the flag
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);  // nohup, `cmd &`
  }
  return stop_flag;
}

int relayed_signal() { return SIGRTMIN + 7; }

void obey(int signal) {
  for (const int outside : {SIGINT, SIGTERM}) std::signal(outside, SIG_IGN);
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
