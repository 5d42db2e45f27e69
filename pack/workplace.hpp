// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/directory_layout.hpp"

#include <filesystem>

namespace aiops::pack {

// Room for large files that are needed for a while: a directory of one's own in the ingest/ of a
// layout, which is made where there is none. It is removed at the end; what a killed process leaves
// the collector of garbage removes, and it waits for those that live.
class Workplace {
 public:
  explicit Workplace(const std::filesystem::path& layout);
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  FileLock collector_;
  std::filesystem::path path_;
};

}  // namespace aiops::pack
