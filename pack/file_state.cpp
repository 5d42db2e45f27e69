// SPDX-License-Identifier: Apache-2.0
#include "pack/file_state.hpp"

#include "base/error.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

namespace aiops::pack {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kShortTick = 20 * kMillisecond;    // twice the longest of Linux, HZ=100
constexpr std::int64_t kLongTick = 2'100 * kMillisecond;  // FAT's mtime, and a little

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1000 * kMillisecond + time.tv_nsec;
}

FileState state_of(const struct stat& status) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {status.st_dev,
          status.st_ino,
          static_cast<std::uint64_t>(status.st_size),
          nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim),
          std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()};
}

// A file system that keeps fractions of a millisecond takes the system's ticks as they are.
std::int64_t tick(const FileState& state) {
  return state.changed % kMillisecond != 0 ? kShortTick : kLongTick;
}

std::int64_t age(const FileState& state) {
  return state.seen - std::max(state.modified, state.changed);
}

}  // namespace

FileState FileState::of(int fd, const std::filesystem::path& what) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw system_error(what.string(), errno);
  if (!S_ISREG(status.st_mode))
    throw Error(ExitCode::failed, what.string() + ": is not a regular file");
  return state_of(status);
}

std::optional<FileState> FileState::at(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return state_of(status);
}

bool FileState::is_same(const FileState& other) const {
  return device == other.device && inode == other.inode && size == other.size &&
         modified == other.modified && changed == other.changed;
}

bool FileState::is_at_rest() const { return age(*this) > tick(*this); }

std::optional<FileState> come_to_rest(const std::filesystem::path& path, const FileState& written) {
  if (tick(written) != kShortTick) return std::nullopt;
  const auto first = FileState::at(path);
  if (!first || !first->is_same(written)) return std::nullopt;
  if (first->is_at_rest()) return first;
  const std::int64_t wait = std::clamp<std::int64_t>(kShortTick - age(*first), 0, kShortTick);
  std::this_thread::sleep_for(std::chrono::nanoseconds(wait + kMillisecond));
  const auto later = FileState::at(path);
  if (!later || !later->is_same(written) || !later->is_at_rest()) return std::nullopt;
  return later;
}

}  // namespace aiops::pack
