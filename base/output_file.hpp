// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/file.hpp"

#include <optional>

namespace aiops {

// What a person names as the place of an output may be more than a file: a symbolic link stands for
// what it leads to, and a device or a FIFO takes the bytes and stays. TempFile knows neither, and
// must not: the store, checkpoints and caches write under names of their own, where a rename over
// whatever is there is right and a link that somebody planted is not to be followed. So whoever
// takes a path from the command line or a configuration file writes it through this door.
//
// Links are followed only after the kernel agreed to (stat), so that fs.protected_symlinks holds.

// The file that is replaced, or made, where a person names `path`: the end of its links. Throws
// when a device, a FIFO or a socket is there, for results that are read again.
std::filesystem::path replaceable_file(const std::filesystem::path& path);

// Of a FIFO that nobody reads: wait, or throw ("No such device or address").
enum class NoReader { wait, fail };

// An output that a person names. A regular file appears complete or not at all; into a device or a
// FIFO the bytes go as they are written.
class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& path, NoReader no_reader = NoReader::wait);

  void write(std::string_view text);
  void commit(unsigned mode = 0644);

 private:
  std::filesystem::path path_;
  std::optional<TempFile> file_;
  Fd special_;
};

void write_output(const std::filesystem::path& path, std::string_view bytes, unsigned mode = 0644,
                  NoReader no_reader = NoReader::wait);

}  // namespace aiops
