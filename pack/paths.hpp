// SPDX-License-Identifier: Apache-2.0
// Paths from elsewhere. An artifact's path is relative, '/'-separated, and names one file on every
// file system: two that differ only in case or in Unicode normalisation are the same file on some.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace aiops::pack {

// Throws Error{failed} "WHAT: the path '…' is absolute": empty, absolute, with '.', '..' or empty
// parts, control characters, broken UTF-8, or longer than 4096 bytes (255 a part).
void check_relative_path(std::string_view path, std::string_view what);

// The same text for paths that a case-insensitive or normalising file system takes for one.
std::string folded_path(std::string_view path);

// Paths that can live together in one directory.
class PathSet {
 public:
  // Throws Error{failed} naming `what` and both paths: one is there already, differs only in case,
  // or is a directory of the other.
  void add(std::string_view path, std::string_view what);

 private:
  std::set<std::string, std::less<>> folded_files_;
  std::set<std::string, std::less<>> folded_directories_;
};

}  // namespace aiops::pack
