// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"

namespace aiops {

// From now on the first SIGINT, SIGTERM, SIGHUP (the terminal closes) or SIGUSR1 (which batch
// systems send before their time limit) sets the returned flag and every long loop winds up; the
// second one ends the program at once, unless the work at hand said otherwise
// (RunSignals::on_second). SIGUSR2 wishes for a checkpoint.
const StopFlag& watch_signals();

// That flag, without touching the handlers.
const StopFlag& noted_stop();

// The signal by which a process that started others passes requests on to them.
int relayed_signal();

// For a process started by another: what comes from outside means nothing from now on, `signal` is
// what it was. Its value, if it has one, is the signal that StopFlag tells of, or SIGUSR2, a wish.
void obey(int signal);

// From now on a write to a closed pipe or socket reports EPIPE and does not end the program.
// Programs that it starts get the default back.
void survive_closed_pipes();

}  // namespace aiops
