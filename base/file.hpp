// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace aiops {

// Reads a whole file of at most `limit` bytes. Throws not_found or denied, and failed when it is
// larger.
std::string read_file(const std::filesystem::path& path, std::uint64_t limit = 64u << 20);

// The file appears under `path` complete or not at all: temporary name beside it, fsync, rename,
// fsync of the directory.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes,
                           unsigned mode = 0644);

// The file holds these bytes instead, complete or not at all, for this user alone.
// Not flushed, and when it fails all stays as it was without a word: for what is cheap to lose.
void try_replace_file(const std::filesystem::path& path, std::string_view bytes);

void make_directories(const std::filesystem::path& path);
void sync_directory(const std::filesystem::path& path);

// A file under a temporary name in `directory`, removed unless it is committed.
class TempFile {
 public:
  explicit TempFile(const std::filesystem::path& directory, std::string_view prefix = ".tmp-");
  TempFile(TempFile&& other) noexcept;
  TempFile& operator=(TempFile&&) = delete;
  ~TempFile();

  int fd() const { return fd_.get(); }
  const std::filesystem::path& path() const { return path_; }
  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  // fsync, rename to `target` (replacing it), fsync of the directory.
  void commit(const std::filesystem::path& target, unsigned mode = 0644);

 private:
  std::filesystem::path path_;
  Fd fd_;
};

// A read-only mapping of a whole file. The bytes live as long as the object.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(data_), size_}; }
  std::string_view text() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace aiops
