// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "base/json.hpp"
#include "train/checkpoint/disk_space.hpp"

#include <cstdint>
#include <filesystem>

namespace aiops::train {

// metrics.jsonl: one JSON object a line, appended. Opening it drops the lines of steps after
// `last_step` (a run that was killed may be ahead of its checkpoint) and a line cut short.
class Metrics {
 public:
  Metrics(const std::filesystem::path& file, std::int64_t last_step, Status& status,
          const StopFlag& stop);
  // Waits while the disk is full.
  void write(const OrderedJson& line);

 private:
  std::filesystem::path path_;
  DiskSpace space_;
  Fd file_;
};

}  // namespace aiops::train
