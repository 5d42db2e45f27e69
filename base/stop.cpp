// SPDX-License-Identifier: Apache-2.0
#include "base/stop.hpp"

#include "base/error.hpp"

#include <csignal>

namespace aiops {

void StopFlag::check() const {
  const int signal = this->signal();
  if (signal == 0) return;
  if (signal == SIGINT) throw Error(ExitCode::interrupted, "interrupted");
  throw Error(ExitCode::terminated, "terminated");
}

}  // namespace aiops
