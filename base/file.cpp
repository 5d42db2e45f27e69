// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace aiops {

std::string read_file(const std::filesystem::path& path, std::uint64_t limit) {
  const Fd fd = open_file(path, O_RDONLY);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw system_error(path.string(), errno);
  if (S_ISDIR(status.st_mode))
    throw Error(ExitCode::failed, path.string() + ": is a directory, not a file");
  std::string bytes;
  std::string block(1 << 16, '\0');
  for (;;) {  // by reading, not by size: pipes and /proc have none
    const std::size_t n = read_fully(fd.get(), std::as_writable_bytes(std::span(block)), path);
    bytes.append(block, 0, n);
    if (bytes.size() > limit)
      throw Error(ExitCode::failed, path.string() + ": larger than the " + std::to_string(limit) +
                                        " bytes allowed here");
    if (n < block.size()) return bytes;
  }
}

void sync_directory(const std::filesystem::path& path) {
  const Fd fd = open_file(path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
  if (::fsync(fd.get()) != 0 && errno != EINVAL) throw system_error(path.string(), errno);
}

void make_directories(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw system_error(path.string(), error.value());
}

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes,
                           unsigned mode) {
  TempFile file(path.has_parent_path() ? path.parent_path() : ".");
  file.write(bytes);
  file.commit(path, mode);
}

void try_replace_file(const std::filesystem::path& path, std::string_view bytes) {
  std::string name = path.string() + ".XXXXXX";
  const Fd fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) return;
  try {
    write_fully(fd.get(), std::as_bytes(std::span(bytes)), name);
    if (::rename(name.c_str(), path.c_str()) == 0) return;
  } catch (const Error&) {
  }
  ::unlink(name.c_str());
}

TempFile::TempFile(const std::filesystem::path& directory, std::string_view prefix) {
  std::string name = (directory / (std::string(prefix) + "XXXXXX")).string();
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) {
    const int error_number = errno;
    Error error = system_error(directory.string(), error_number);
    if (error_number == ENOENT) error.mend = "mkdir -p " + directory.string();
    throw error;
  }
  fd_ = Fd(fd);
  path_ = name;
}

TempFile::TempFile(TempFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::move(other.fd_)) {
  other.path_.clear();
}

TempFile::~TempFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

void TempFile::write(std::span<const std::byte> bytes) { write_fully(fd_.get(), bytes, path_); }

void TempFile::write(std::string_view text) { write(std::as_bytes(std::span(text))); }

void TempFile::commit(const std::filesystem::path& target, unsigned mode) {
  if (::fchmod(fd_.get(), mode) != 0 || ::fsync(fd_.get()) != 0)
    throw system_error(path_.string(), errno);
  if (::rename(path_.c_str(), target.c_str()) != 0) throw system_error(target.string(), errno);
  path_.clear();
  sync_directory(target.parent_path());
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  const Fd fd = open_file(path, O_RDONLY);
  size_ = file_size(fd.get(), path);
  if (size_ == 0) return;
  data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (data_ == MAP_FAILED) {
    data_ = nullptr;
    throw system_error(path.string(), errno);
  }
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace aiops
