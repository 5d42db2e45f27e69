// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/disk_space.hpp"

#include "base/time.hpp"
#include "base/units.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

namespace aiops::train {
namespace {

constexpr double kBetweenTries = 30;  // seconds
constexpr auto kGlance = std::chrono::milliseconds(200);

}  // namespace

// An Error of the system ends with the system's words.
bool is_full_disk(const Error& error) {
  return error.message.ends_with(std::generic_category().message(ENOSPC)) ||
         error.message.ends_with(std::generic_category().message(EDQUOT));
}

std::uintmax_t DiskSpace::available() const {
  std::error_code failure;
  const auto space = std::filesystem::space(directory_, failure);
  return failure ? 0 : space.available;
}

void DiskSpace::wait() const {
  const double until = monotonic_seconds() + kBetweenTries;
  const std::uintmax_t before = available();
  while (!stop_.requested() && monotonic_seconds() < until && available() <= before)
    std::this_thread::sleep_for(kGlance);
}

void DiskSpace::wait_for(const std::function<void()>& write) const {
  const double begin = monotonic_seconds();
  for (bool was_full = false;; was_full = true) {
    try {
      write();
      if (was_full)
        status_.step(fmt::format("there is space again after {}: going on",
                                 format_duration(monotonic_seconds() - begin)));
      return;
    } catch (const Error& error) {
      if (!is_full_disk(error) || stop_.requested()) throw;
      if (!was_full)
        status_.warn(error.message +
                     "; waiting for space, trying again every 30 s (Ctrl-C or SIGTERM ends the "
                     "run)");
    }
    wait();
  }
}

}  // namespace aiops::train
