// SPDX-License-Identifier: Apache-2.0
// An entry is one line of JSON, rewritten in place by one pwrite under the lock that its owner
// holds on the file itself. The threat is kill -9, which cannot split a write of less than a page;
// after a power cut the line may be torn or old, and then it does not parse, or the registry does
// not know the session. So neither fsync nor a second file is needed, and the lock goes with its
// owner.
#include "registry/push_journal.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>

#include <chrono>
#include <ctime>

namespace aiops::registry {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestLine = 16 << 10;
// Registries purge what nobody goes on with after a week (distribution: uploadpurging.age 168h).
constexpr std::time_t kLifetime = 7 * 24 * 3600;

std::string key_of(const std::string& registry, const std::string& repository,
                   const Digest& digest) {
  return registry + " " + repository + " " + digest.str();
}

fs::path file_of(const fs::path& directory, const std::string& key) {
  return directory / std::string(sha256_of(key).hex().substr(0, 32));
}

// The file with its lock, or nothing: it is not there, or somebody has it.
Fd lock_file(const fs::path& path, int flags) {
  for (int tries = 0; tries < 3; ++tries) {
    Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600));
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return {};
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
    if (status.st_nlink > 0) return fd;  // else its owner removed it between open and lock
  }
  return {};
}

std::optional<PushJournal::Session> parse_entry(std::string_view line, const std::string& key) {
  try {
    const Json json = parse_json(line, "a journal entry", {kLongestLine, 4});
    if (json.at("key").get<std::string>() != key) return std::nullopt;
    return PushJournal::Session{
        Url::parse(json.at("location").get<std::string>(), "a journalled location"),
        whole_number<std::uint64_t>(json.at("offset"))};
  } catch (const std::exception&) {  // torn, or of another version
    return std::nullopt;
  }
}

std::optional<PushJournal::Session> read_entry(const Fd& fd, const fs::path& path,
                                               const std::string& key) {
  std::string text(kLongestLine, '\0');
  text.resize(pread_fully(fd.get(), std::as_writable_bytes(std::span(text)), 0, path));
  const auto end = text.find('\n');
  if (end == std::string::npos) return std::nullopt;
  return parse_entry(std::string_view(text).substr(0, end), key);
}

}  // namespace

void PushJournal::Entry::keep(const Session& session) {
  session_ = session;
  if (!fd_) return;
  const OrderedJson json = {
      {"key", key_}, {"location", session.location.str()}, {"offset", session.offset}};
  const std::string line = to_text(json) + "\n";
  try {
    if (line.size() > kLongestLine) return forget();
    pwrite_fully(fd_.get(), std::as_bytes(std::span(line)), 0, path_);
  } catch (const Error&) {
    forget();  // a full disk: better none than an old one
  }
}

void PushJournal::Entry::lose() {
  session_.reset();
  if (fd_ && ::ftruncate(fd_.get(), 0) != 0) forget();
}

void PushJournal::Entry::forget() {
  session_.reset();
  if (!fd_) return;
  ::unlink(path_.c_str());
  fd_.reset();
}

PushJournal::Entry PushJournal::open(const std::string& key, Missing missing) {
  Entry entry;
  if (directory_.empty()) return entry;
  entry.key_ = key;
  entry.path_ = file_of(directory_, key);
  try {
    if (missing == Missing::create) {
      make_directories(directory_);
      ::chmod(directory_.c_str(), 0700);
      std::call_once(swept_, [this] { sweep(); });
    }
    entry.fd_ = lock_file(entry.path_, missing == Missing::create ? O_CREAT : 0);
    if (entry.fd_) entry.session_ = read_entry(entry.fd_, entry.path_, key);
  } catch (const Error&) {
    entry.fd_.reset();
  }
  return entry;
}

PushJournal::Entry PushJournal::open(const std::string& registry, const std::string& repository,
                                     const Digest& digest) {
  return open(key_of(registry, repository, digest), Missing::create);
}

void PushJournal::drop(const std::string& registry, const std::string& repository,
                       const Digest& digest) {
  open(key_of(registry, repository, digest), Missing::leave).forget();
}

// Entries of every registry that nobody came back for.
void PushJournal::sweep() const {
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(directory_, ignored)) {
    struct stat status {};
    if (::lstat(file.path().c_str(), &status) != 0) continue;
    if (::time(nullptr) - status.st_mtime < kLifetime) continue;
    if (lock_file(file.path(), 0)) ::unlink(file.path().c_str());
  }
}

}  // namespace aiops::registry
