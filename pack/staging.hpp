// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "pack/unpack.hpp"

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace aiops::pack {

// Opens the directory of `path` below `root` without ever following a symbolic link, making what is
// missing: openat(O_NOFOLLOW) part by part, which needs no openat2 and promises the same.
Fd open_parent_beneath(int root, std::string_view path, const std::filesystem::path& what);

// Files on their way into a directory: gathered in a hidden one beside it (inside it when it
// exists), shown by commit(), gone otherwise: what a killed run left is removed by the next.
class Staging {
 public:
  Staging(const std::filesystem::path& target, Overwrite overwrite);
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  // Throws Error{failed} when the target already has this path and may not be overwritten.
  void require_free(const std::string& path) const;
  // A new file, for writing. Safe from several threads.
  Fd create(const std::string& path, bool executable);
  // Bytes that fit on the file system at this moment.
  std::uint64_t free_space() const;
  // Everything created appears in the target.
  void commit(const std::vector<std::string>& paths);

  const std::filesystem::path& directory() const { return directory_; }

 private:
  void move_into_target(const std::vector<std::string>& paths);

  std::filesystem::path target_;
  std::filesystem::path directory_;
  Overwrite overwrite_;
  Fd root_;
};

}  // namespace aiops::pack
