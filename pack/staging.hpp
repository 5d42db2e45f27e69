// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/digest.hpp"
#include "base/fd.hpp"
#include "pack/unpack.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace aiops::pack {

// Opens the directory of `path` below `root` without ever following a symbolic link, making what is
// missing: openat(O_NOFOLLOW) part by part, which needs no openat2 and promises the same.
Fd open_parent_beneath(int root, std::string_view path, const std::filesystem::path& what);

// Files on their way into a directory: gathered in a hidden one beside it (inside it when it
// exists) and shown by commit(). The hidden one is named after what it is for: whoever unpacks the
// same artifact to the same place after a run that was killed finds the files that were complete,
// and partials with their journals, and goes on. What is left for anything else is removed.
class Staging {
 public:
  Staging(const std::filesystem::path& target, const Digest& artifact, Overwrite overwrite);
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  // Throws Error{failed} when the target already has this path and may not be overwritten.
  void require_free(const std::string& path) const;
  // A new file, for writing; replaces what an earlier run left there. Safe from several threads.
  Fd create(const std::string& path, bool executable);
  // Whether an earlier run completed this file: only what matched its digest gets a name here.
  bool has(const std::string& path, std::uint64_t size) const;
  // Where a blob gathers until it is complete.
  std::filesystem::path partial_path(const Digest& digest) const;
  // Where what files are made from may lie meanwhile; not there yet.
  std::filesystem::path workplace() const { return directory_ / "parts"; }
  // A complete and synced file gets its name.
  void place(const std::filesystem::path& file, const std::string& path);
  // The mode of a new file, as the umask of the process leaves it.
  unsigned mode_of(bool executable) const { return (executable ? 0777U : 0666U) & ~mask_; }
  // Bytes that fit on the file system at this moment.
  std::uint64_t free_space() const;
  // Everything created appears in the target.
  void commit(const std::vector<std::string>& paths);
  // Leaves what there is to the next run, which goes on from here.
  void keep();

 private:
  void move_into_target(const std::vector<std::string>& paths);

  std::filesystem::path target_;
  std::filesystem::path directory_;
  Overwrite overwrite_;
  unsigned mask_;
  bool kept_ = false;
  Fd root_;   // directory_, locked
  Fd files_;  // its subdirectory with what will be shown
};

}  // namespace aiops::pack
