// SPDX-License-Identifier: Apache-2.0
#include "bench/scratch_file.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace aiops::bench {
namespace {

Fd open_unnamed(const std::filesystem::path& directory) {
  Fd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR) throw system_error(directory.string(), errno);
  std::string name = (directory / ".aiops-bench-XXXXXX").string();
  fd = Fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) throw system_error(directory.string(), errno);
  ::unlink(name.c_str());
  return fd;
}

// Noise, so that no filesystem compresses it.
void fill(std::vector<std::byte>& block) {
  std::uint64_t state = 0x9E3779B97F4A7C15U;
  for (std::size_t i = 0; i < block.size(); i += sizeof state) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    std::memcpy(block.data() + i, &state, sizeof state);
  }
}

void mark(std::vector<std::byte>& block, std::int64_t offset) {
  std::memcpy(block.data(), &offset, sizeof offset);
}

}  // namespace

ScratchFile::ScratchFile(const std::filesystem::path& directory)
    : directory_(directory), fd_(open_unnamed(directory)), block_(kBlock) {}

void ScratchFile::empty() {
  if (::ftruncate(fd_.get(), 0) != 0) throw system_error(directory_.string(), errno);
  size_ = 0;
  fill(block_);
}

void ScratchFile::write(std::int64_t bytes, const StopFlag& stop) {
  for (std::int64_t offset = 0; offset < bytes; offset += kBlock) {
    stop.check();
    mark(block_, offset);
    const auto length = static_cast<std::size_t>(std::min(kBlock, bytes - offset));
    pwrite_fully(fd_.get(), std::span(block_).first(length), static_cast<std::uint64_t>(offset),
                 directory_);
  }
  if (::fsync(fd_.get()) != 0) throw system_error(directory_.string(), errno);
  size_ = bytes;
}

std::int64_t ScratchFile::read_block(std::int64_t offset) {
  const auto length = static_cast<std::size_t>(std::min(kBlock, size_ - offset));
  return static_cast<std::int64_t>(pread_fully(fd_.get(), std::span(block_).first(length),
                                               static_cast<std::uint64_t>(offset), directory_));
}

void ScratchFile::read(const StopFlag& stop) {
  for (std::int64_t offset = 0; offset < size_; offset += kBlock) {
    stop.check();
    if (read_block(offset) != std::min(kBlock, size_ - offset))
      throw Error(ExitCode::failed, directory_.string() + ": a file became shorter");
  }
}

std::int64_t ScratchFile::wrong_blocks() {
  std::vector<std::byte> wanted(kBlock);
  fill(wanted);
  std::int64_t wrong = 0;
  for (std::int64_t offset = 0; offset < size_; offset += kBlock) {
    mark(wanted, offset);
    const std::int64_t length = std::min(kBlock, size_ - offset);
    if (read_block(offset) != length ||
        !std::equal(block_.begin(), block_.begin() + length, wanted.begin()))
      ++wrong;
  }
  return wrong;
}

double ScratchFile::resident() const {
  const auto size = static_cast<std::size_t>(size_);
  if (size == 0) return 0;
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd_.get(), 0);
  if (memory == MAP_FAILED) throw system_error(directory_.string(), errno);
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages((size + page - 1) / page);
  const int failed = ::mincore(memory, size, pages.data());
  const int error = errno;
  ::munmap(memory, size);
  if (failed != 0) throw system_error(directory_.string(), error);
  const auto there =
      std::count_if(pages.begin(), pages.end(), [](unsigned char p) { return (p & 1U) != 0; });
  return static_cast<double>(there) / static_cast<double>(pages.size());
}

double ScratchFile::drop() {
  double share = 1;
  for (int attempt = 0; attempt < 3 && share > 0;
       ++attempt) {  // pages in flight stay the first time
    if (const int error = ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_DONTNEED); error != 0)
      throw system_error(directory_.string(), error);
    share = resident();
  }
  return share;
}

std::string filesystem_of(const std::filesystem::path& directory) {
  struct statfs status {};
  if (::statfs(directory.c_str(), &status) != 0) throw system_error(directory.string(), errno);
  struct Known {
    std::uint32_t magic;
    const char* name;
  };
  constexpr std::array kKnown = {
      // linux/magic.h
      Known{0xEF53, "ext4"},      Known{0x58465342, "xfs"},     Known{0x9123683E, "btrfs"},
      Known{0x01021994, "tmpfs"}, Known{0x794C7630, "overlay"}, Known{0x6969, "nfs"},
      Known{0x2FC12FC1, "zfs"},   Known{0x65735546, "fuse"},    Known{0xF2F52010, "f2fs"}};
  const auto magic = static_cast<std::uint32_t>(status.f_type);
  for (const Known& known : kKnown)
    if (known.magic == magic) return known.name;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%X", magic);
  return text.data();
}

}  // namespace aiops::bench
