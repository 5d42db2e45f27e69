// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

namespace aiops {

// An owned file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

// Opens with O_CLOEXEC. Throws system_error(path) on failure.
Fd open_file(const std::filesystem::path& path, int flags, unsigned mode = 0644);

// Reads until `buffer` is full or the file ends; returns the bytes read. Retries EINTR. Throws
// naming `what`.
std::size_t read_fully(int fd, std::span<std::byte> buffer, const std::filesystem::path& what);
std::size_t pread_fully(int fd, std::span<std::byte> buffer, std::uint64_t offset,
                        const std::filesystem::path& what);

// Writes everything or throws naming `what`.
void write_fully(int fd, std::span<const std::byte> bytes, const std::filesystem::path& what);
void pwrite_fully(int fd, std::span<const std::byte> bytes, std::uint64_t offset,
                  const std::filesystem::path& what);

std::uint64_t file_size(int fd, const std::filesystem::path& what);

}  // namespace aiops
