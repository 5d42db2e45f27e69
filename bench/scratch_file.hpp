// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "base/stop.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace aiops::bench {

// A file without a name in a directory: whatever ends the process, nothing of it stays. Throws what
// system calls refuse, naming the directory.
class ScratchFile {
 public:
  static constexpr std::int64_t kBlock = 1 << 20;  // bytes written and read at a time

  explicit ScratchFile(const std::filesystem::path& directory);

  void empty();
  // Each block is told apart by its number; on the disk when this returns. Throws
  // Error{interrupted} between blocks on a stop.
  void write(std::int64_t bytes, const StopFlag& stop);
  void read(const StopFlag& stop);
  // Reads all and returns how many blocks are not what was written.
  std::int64_t wrong_blocks();
  // Has the page cache let go of it; returns the share that stayed all the same, from 0 to 1.
  double drop();

  int fd() const { return fd_.get(); }

 private:
  std::int64_t read_block(std::int64_t offset);
  double resident() const;

  std::filesystem::path directory_;
  Fd fd_;
  std::int64_t size_ = 0;
  std::vector<std::byte> block_;
};

// "ext4", "tmpfs", …, or the number that the system calls it by.
std::string filesystem_of(const std::filesystem::path& directory);

}  // namespace aiops::bench
