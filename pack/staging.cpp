// SPDX-License-Identifier: Apache-2.0
#include "pack/staging.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstdio>

namespace aiops::pack {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::string last_part(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

// The target itself may be a symbolic link to a directory: that is its owner's business.
std::filesystem::path without_final_slash(std::filesystem::path path) {
  return path.has_filename() ? path : path.parent_path();
}

}  // namespace

Fd open_parent_beneath(int root, std::string_view path, const std::filesystem::path& what) {
  Fd directory(::fcntl(root, F_DUPFD_CLOEXEC, 0));
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    const std::string part(path.substr(0, slash));
    path.remove_prefix(slash + 1);
    if (::mkdirat(directory.get(), part.c_str(), 0777) != 0 && errno != EEXIST)
      throw system_error((what / part).string(), errno);
    Fd next(::openat(directory.get(), part.c_str(), kDirectory));
    if (!next)
      throw errno == ELOOP || errno == ENOTDIR
          ? Error(ExitCode::failed,
                  (what / part).string() + ": not a directory, or a symbolic link")
          : system_error((what / part).string(), errno);
    directory = std::move(next);
  }
  return directory;
}

Staging::Staging(const std::filesystem::path& target, Overwrite overwrite)
    : target_(without_final_slash(std::filesystem::absolute(target).lexically_normal())),
      overwrite_(overwrite) {
  if (std::filesystem::exists(target_) && !std::filesystem::is_directory(target_))
    throw Error(ExitCode::failed, target_.string() + ": is a file, and a directory is needed");
  // Where a rename is enough in the end: beside a target that is not there yet, inside one that is,
  // since that may be a file system of its own.
  const bool exists = std::filesystem::exists(target_);
  const auto place = exists ? target_ : target_.parent_path();
  make_directories(place);
  std::string name = (place / ("." + target_.filename().string() + ".XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) throw system_error(place.string(), errno);
  directory_ = std::filesystem::path(name);
  root_ = open_file(directory_ / ".", O_RDONLY | O_DIRECTORY);
}

Staging::~Staging() {
  std::error_code ignored;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

void Staging::require_free(const std::string& path) const {
  struct stat status {};
  if (overwrite_ == Overwrite::yes || ::lstat((target_ / path).c_str(), &status) != 0) return;
  throw Error(ExitCode::failed, (target_ / path).string() + ": exists already",
              "give --overwrite to replace it, or unpack into another directory");
}

Fd Staging::create(const std::string& path, bool executable) {
  const Fd parent = open_parent_beneath(root_.get(), path, directory_);
  Fd file(::openat(parent.get(), last_part(path).c_str(),
                   O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, executable ? 0777 : 0666));
  if (!file) throw system_error((target_ / path).string(), errno);
  return file;
}

std::uint64_t Staging::free_space() const {
  struct statvfs status {};
  if (::fstatvfs(root_.get(), &status) != 0) return ~0ull;
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

void Staging::commit(const std::vector<std::string>& paths) {
  if (!std::filesystem::exists(target_)) {
    const mode_t mask = ::umask(022);  // mkdtemp made it private: give it what mkdir would have
    ::umask(mask);
    if (::fchmod(root_.get(), 0777 & ~mask) != 0) throw system_error(directory_.string(), errno);
    if (::rename(directory_.c_str(), target_.c_str()) != 0)
      throw system_error(target_.string(), errno);
    directory_.clear();
  } else {
    move_into_target(paths);
  }
  sync_directory(target_.parent_path());
}

void Staging::move_into_target(const std::vector<std::string>& paths) {
  const Fd target = open_file(target_ / ".", O_RDONLY | O_DIRECTORY);
  for (const auto& path : paths) require_free(path);  // all, before the first is moved
  std::vector<std::string> moved;
  const auto flags = overwrite_ == Overwrite::yes ? 0u : static_cast<unsigned>(RENAME_NOREPLACE);
  try {
    for (const auto& path : paths) {
      const Fd from = open_parent_beneath(root_.get(), path, directory_);
      const Fd to = open_parent_beneath(target.get(), path, target_);
      const auto name = last_part(path);
      if (::renameat2(from.get(), name.c_str(), to.get(), name.c_str(), flags) != 0)
        throw system_error((target_ / path).string(), errno);
      moved.push_back(path);
    }
  } catch (const Error&) {
    if (overwrite_ == Overwrite::no)  // what was moved is ours alone: take it back
      for (const auto& path : moved) ::unlinkat(target.get(), path.c_str(), 0);
    throw;
  }
}

}  // namespace aiops::pack
