// SPDX-License-Identifier: Apache-2.0
// A full disk is no reason to lose a run: what must be written waits until somebody has made space.
#pragma once

#include "base/error.hpp"
#include "base/status.hpp"
#include "base/stop.hpp"

#include <filesystem>
#include <functional>

namespace aiops::train {

// Whether it says that a disk, or somebody's share of it, is full.
bool is_full_disk(const Error& error);

class DiskSpace {
 public:
  // Keeps its arguments. `directory` is where the writing goes.
  DiskSpace(std::filesystem::path directory, Status& status, const StopFlag& stop)
      : directory_(std::move(directory)), status_(status), stop_(stop) {}

  // Calls write(), and while it throws since the disk is full, says so once and calls it again when
  // there is more space than there was, and every half minute anyway. Throws what write() threw
  // when a stop is requested meanwhile, and every other error at once.
  void wait_for(const std::function<void()>& write) const;

 private:
  std::uintmax_t available() const;
  void wait() const;

  std::filesystem::path directory_;
  Status& status_;
  const StopFlag& stop_;
};

}  // namespace aiops::train
