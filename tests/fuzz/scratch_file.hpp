// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/file.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace aiops::fuzz {

// Without a sync: a fuzzer does this a thousand times a second.
inline void fill(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// For parsers that read their files themselves: the bytes as a file, until the end of the scope.
class ScratchFile {
 public:
  explicit ScratchFile(std::string_view bytes) : directory_(place()), path_(directory_ / "file") {
    make_directories(directory_);
    fill(path_, bytes);
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
  static std::filesystem::path place() {
    const std::filesystem::path memory = "/dev/shm";
    const auto root =
        ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    return root / ("aiops-fuzz-" + std::to_string(::getpid()));
  }

  std::filesystem::path directory_;
  std::filesystem::path path_;
};

}  // namespace aiops::fuzz
