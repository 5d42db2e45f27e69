// SPDX-License-Identifier: Apache-2.0
#include "pack/staging.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

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

// Opens and locks a staging directory without waiting; nothing when somebody is using it, or it is
// not there, or it is not ours alone: its name can be guessed, so somebody may have made it for us.
Fd own_staging(const std::filesystem::path& directory) {
  Fd fd(::open(directory.c_str(), kDirectory));
  struct stat held {
  }, named{};
  const bool owned = fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 &&
                     ::fstat(fd.get(), &held) == 0 && ::lstat(directory.c_str(), &named) == 0 &&
                     held.st_ino == named.st_ino && held.st_dev == named.st_dev &&
                     held.st_uid == ::geteuid() && (held.st_mode & 077) == 0;
  return owned ? std::move(fd) : Fd();
}

// What a killed run left behind: its lock ended with it.
void remove_abandoned(const std::filesystem::path& place, const std::string& prefix,
                      const std::string& ours) {
  std::error_code ignored;
  for (std::filesystem::directory_iterator i(place, ignored), end; i != end; i.increment(ignored)) {
    if (ignored) return;
    const std::string name = i->path().filename().string();
    if (!name.starts_with(prefix) || name == ours) continue;
    if (const Fd owned = own_staging(i->path())) std::filesystem::remove_all(i->path(), ignored);
  }
}

// Renames without replacing. NFS and some FUSE file systems know no RENAME_NOREPLACE and say
// EINVAL; there a hard link does it, and where there are none either, the caller's look has to do.
bool rename_into_free(int from, int to, const char* name) {
  if (::renameat2(from, name, to, name, RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  if (::linkat(from, name, to, name, 0) == 0) return ::unlinkat(from, name, 0) == 0;
  if (errno == EEXIST) return false;
  return ::renameat(from, name, to, name) == 0;
}

unsigned process_umask() {
  const mode_t mask = ::umask(022);
  ::umask(mask);
  return mask;
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

Staging::Staging(const std::filesystem::path& target, const Digest& artifact, Overwrite overwrite)
    : target_(without_final_slash(std::filesystem::absolute(target).lexically_normal())),
      overwrite_(overwrite),
      mask_(process_umask()) {
  if (std::filesystem::exists(target_) && !std::filesystem::is_directory(target_))
    throw Error(ExitCode::failed, target_.string() + ": is a file, and a directory is needed");
  // Where a rename is enough in the end: beside a target that is not there yet, inside one that is,
  // since that may be a file system of its own.
  const bool exists = std::filesystem::exists(target_);
  const auto place = exists ? target_ : target_.parent_path();
  make_directories(place);
  const std::string prefix = "." + target_.filename().string() + ".aiops-";
  const std::string ours = prefix + std::string(artifact.hex().substr(0, 16));
  remove_abandoned(place, prefix, ours);
  directory_ = place / ours;
  ::mkdir(directory_.c_str(), 0700);
  root_ = own_staging(directory_);
  while (!root_) {  // somebody is at it, or has just taken ours for abandoned: one for us alone
    std::string name = (place / (prefix + "XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) throw system_error(place.string(), errno);
    directory_ = std::filesystem::path(name);
    root_ = own_staging(directory_);
  }
  for (const char* part : {"files", "ingest"}) make_directories(directory_ / part);
  files_ = Fd(::openat(root_.get(), "files", kDirectory));
  if (!files_) throw system_error(directory_.string(), errno);
}

Staging::~Staging() {
  std::error_code ignored;
  if (!kept_) std::filesystem::remove_all(directory_, ignored);
}

void Staging::keep() {
  kept_ = !std::filesystem::is_empty(directory_ / "files") ||
          !std::filesystem::is_empty(directory_ / "ingest") || std::filesystem::exists(workplace());
}

void Staging::require_free(const std::string& path) const {
  struct stat status {};
  if (overwrite_ == Overwrite::yes || ::lstat((target_ / path).c_str(), &status) != 0) return;
  throw Error(ExitCode::failed, (target_ / path).string() + ": exists already",
              "give --overwrite to replace it, or unpack into another directory");
}

Fd Staging::create(const std::string& path, bool executable) {
  const Fd parent = open_parent_beneath(files_.get(), path, directory_);
  const std::string name = last_part(path);
  ::unlinkat(parent.get(), name.c_str(), 0);
  Fd file(::openat(parent.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                   executable ? 0777 : 0666));
  if (!file) throw system_error((target_ / path).string(), errno);
  return file;
}

bool Staging::has(const std::string& path, std::uint64_t size) const {
  struct stat status {};
  return ::fstatat(files_.get(), path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) == size;
}

std::filesystem::path Staging::partial_path(const Digest& digest) const {
  return directory_ / "ingest" /
         (std::string(digest.algorithm()) + "-" + std::string(digest.hex()) + ".partial");
}

void Staging::place(const std::filesystem::path& file, const std::string& path) {
  const Fd parent = open_parent_beneath(files_.get(), path, directory_);
  if (::renameat(AT_FDCWD, file.c_str(), parent.get(), last_part(path).c_str()) != 0)
    throw system_error((target_ / path).string(), errno);
}

std::uint64_t Staging::free_space() const {
  struct statvfs status {};
  if (::fstatvfs(root_.get(), &status) != 0) return ~0ull;
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

void Staging::commit(const std::vector<std::string>& paths) {
  if (!std::filesystem::exists(target_)) {
    // It was private while it grew: now it gets what mkdir would have given it.
    if (::fchmod(files_.get(), 0777 & ~mask_) != 0) throw system_error(directory_.string(), errno);
    if (::rename((directory_ / "files").c_str(), target_.c_str()) != 0)
      throw system_error(target_.string(), errno);
  } else {
    move_into_target(paths);
  }
  sync_directory(target_.parent_path());
}

void Staging::move_into_target(const std::vector<std::string>& paths) {
  const Fd target = open_file(target_ / ".", O_RDONLY | O_DIRECTORY);
  for (const auto& path : paths) require_free(path);  // all, before the first is moved
  std::vector<std::string> moved;
  try {
    for (const auto& path : paths) {
      const Fd from = open_parent_beneath(files_.get(), path, directory_);
      const Fd to = open_parent_beneath(target.get(), path, target_);
      const auto name = last_part(path);
      const bool done = overwrite_ == Overwrite::yes
                            ? ::renameat(from.get(), name.c_str(), to.get(), name.c_str()) == 0
                            : rename_into_free(from.get(), to.get(), name.c_str());
      if (!done) throw system_error((target_ / path).string(), errno);
      moved.push_back(path);
    }
  } catch (const Error&) {
    if (overwrite_ == Overwrite::no)  // what was moved is ours alone: take it back
      for (const auto& path : moved) ::unlinkat(target.get(), path.c_str(), 0);
    throw;
  }
}

}  // namespace aiops::pack
