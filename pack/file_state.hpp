// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace aiops::pack {

// A regular file as the system describes it: whoever writes to it changes this. Times are
// nanoseconds since 1970.
struct FileState {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // mtime: anybody may set it back
  std::int64_t changed = 0;   // ctime: the system's own
  std::int64_t seen = 0;      // when the system was asked; no part of what is compared

  // Throws system_error(what), and failed when it is no regular file.
  static FileState of(int fd, const std::filesystem::path& what);
  // Of the file itself, not of what a link leads to; nothing when it cannot be had.
  static std::optional<FileState> at(const std::filesystem::path& path);

  bool is_same(const FileState& other) const;
  // Whether nobody can have written to the file after `seen` without a trace. The system stamps in
  // ticks of a few milliseconds, some file systems in two seconds: a file that is written twice in
  // a tick keeps its state. git calls an entry racy whose file is not older than itself.
  bool is_at_rest() const;
};

// Waits for the tick to pass, 20 ms at most, and says what the file at `path` is like now. Nothing
// when it is not as `written` any more, or its file system has longer ticks.
std::optional<FileState> come_to_rest(const std::filesystem::path& path, const FileState& written);

}  // namespace aiops::pack
