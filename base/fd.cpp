// SPDX-License-Identifier: Apache-2.0
#include "base/fd.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace aiops {
namespace {

// Calls `step(done)` until `size` bytes are through, it returns 0 (end of file), or it fails.
template <typename Step>
std::size_t until_done(std::size_t size, const std::filesystem::path& what, Step step) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = step(done);
    if (n > 0)
      done += static_cast<std::size_t>(n);
    else if (n == 0)
      break;
    else if (errno != EINTR)
      throw system_error(what.string(), errno);
  }
  return done;
}

}  // namespace

Fd open_file(const std::filesystem::path& path, int flags, unsigned mode) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (fd < 0) throw system_error(path.string(), errno);
  return Fd(fd);
}

std::size_t read_fully(int fd, std::span<std::byte> buffer, const std::filesystem::path& what) {
  return until_done(buffer.size(), what, [&](std::size_t done) {
    return ::read(fd, buffer.data() + done, buffer.size() - done);
  });
}

std::size_t pread_fully(int fd, std::span<std::byte> buffer, std::uint64_t offset,
                        const std::filesystem::path& what) {
  return until_done(buffer.size(), what, [&](std::size_t done) {
    return ::pread(fd, buffer.data() + done, buffer.size() - done,
                   static_cast<off_t>(offset + done));
  });
}

void write_fully(int fd, std::span<const std::byte> bytes, const std::filesystem::path& what) {
  until_done(bytes.size(), what, [&](std::size_t done) {
    return ::write(fd, bytes.data() + done, bytes.size() - done);
  });
}

void pwrite_fully(int fd, std::span<const std::byte> bytes, std::uint64_t offset,
                  const std::filesystem::path& what) {
  until_done(bytes.size(), what, [&](std::size_t done) {
    return ::pwrite(fd, bytes.data() + done, bytes.size() - done,
                    static_cast<off_t>(offset + done));
  });
}

std::uint64_t file_size(int fd, const std::filesystem::path& what) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw system_error(what.string(), errno);
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace aiops
