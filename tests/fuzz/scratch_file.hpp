// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/file.hpp"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace aiops::fuzz {

// For parsers that read their files themselves: the bytes as a file, until the end of the scope.
class ScratchFile {
 public:
  explicit ScratchFile(std::string_view bytes, const std::string& name = "file")
      : directory_(std::filesystem::temp_directory_path() /
                   ("aiops-fuzz-" + std::to_string(::getpid()))),
        path_(directory_ / name) {
    make_directories(path_.parent_path());
    write_file_atomically(path_, bytes, 0600);
  }
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::filesystem::path& directory() const { return directory_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path directory_;
  std::filesystem::path path_;
};

}  // namespace aiops::fuzz
