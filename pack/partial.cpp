// SPDX-License-Identifier: Apache-2.0
#include "pack/partial.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace aiops::pack {
namespace {

constexpr std::uint64_t kSegment = 1 << 20;
constexpr std::uint64_t kMostSegments = 1 << 20;  // a descriptor may claim any size
// A smaller blob is begun again rather than journalled.
constexpr std::uint64_t kWorthAJournal = 4 << 20;
constexpr std::uint64_t kCheckpoint = 64 << 20;  // what a resume may have to hash again
constexpr std::size_t kBlock = 1 << 20;

std::uint64_t segment_size_for(std::uint64_t size) {
  const std::uint64_t times = size / (kSegment * kMostSegments) + 1;
  return kSegment * times;
}

std::filesystem::path journal_of(const std::filesystem::path& file) {
  return std::filesystem::path(file).replace_extension(".journal");
}

void lock_exclusively(int fd, const std::filesystem::path& path) {
  while (::flock(fd, LOCK_EX) != 0)
    if (errno != EINTR) throw system_error(path.string(), errno);
}

bool is_same_file(int fd, const std::filesystem::path& path) {
  struct stat held {
  }, named{};
  return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

}  // namespace

std::unique_ptr<Partial> Partial::own(const std::filesystem::path& file, const Descriptor& blob,
                                      const std::function<bool()>& is_done) {
  for (;;) {
    Fd fd = open_file(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    lock_exclusively(fd.get(), file);
    if (is_done()) {
      if (is_same_file(fd.get(), file)) ::unlink(file.c_str());
      return nullptr;
    }
    // Renamed or removed by its last owner while we waited: what we hold is not the partial.
    if (!is_same_file(fd.get(), file)) continue;
    std::unique_ptr<Partial> partial(new Partial(std::move(fd), file, blob));
    partial->adopt();
    return partial;
  }
}

Partial::Partial(Fd fd, std::filesystem::path path, const Descriptor& blob)
    : fd_(std::move(fd)),
      path_(std::move(path)),
      blob_(blob),
      segment_size_(segment_size_for(blob.size)),
      journal_(journal_of(path_), blob_, (blob.size + segment_size_ - 1) / segment_size_),
      hasher_(blob.digest.algorithm()),
      segments_((blob.size + segment_size_ - 1) / segment_size_) {}

std::uint64_t Partial::end_of(std::size_t segment) const {
  return std::min((segment + 1) * segment_size_, blob_.size);
}

bool Partial::has_segment(std::size_t segment) const {
  const std::lock_guard lock(mutex_);
  return segment < segments_.size() && segments_[segment] != 0;
}

// The claims of an earlier run, as far as the file is long enough for them. Nobody vouches for the
// bytes: if the whole turns out wrong, they are what is thrown away first.
void Partial::adopt() {
  auto claims = journal_.read();
  const std::uint64_t length = file_size(fd_.get(), path_);
  if (!claims || length == 0) return restart();
  if (claims->this_boot)
    adopt_of_this_boot(*claims, length);
  else
    adopt_of_another_boot(*claims, length);
  checkpoint_ = hashed();
  earlier_ = hashed() > 0 || std::find(segments_.begin(), segments_.end(), 1) != segments_.end();
  if (!earlier_) return restart();
  follow();
}

void Partial::adopt_of_this_boot(Journal::Claims& claims, std::uint64_t length) {
  bool too_much = claims.prefix && claims.prefix->size() > length;
  if (claims.prefix && !too_much) hasher_ = std::move(*claims.prefix);
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    segments_[i] = claims.segments[i] != 0 && end_of(i) <= length ? 1 : 0;
    too_much = too_much || segments_[i] != claims.segments[i];
  }
  if (!too_much) return;
  journal_.remove();  // what was dropped must not be claimed again when the file has grown
  for (std::size_t i = 0; i < segments_.size(); ++i)
    if (segments_[i] != 0) journal_.claim(i);
  if (hashed() > 0) journal_.save(hasher_);
}

// The bytes at the front are believed when reading them leads to the state that was noted.
void Partial::adopt_of_another_boot(const Journal::Claims& claims, std::uint64_t length) {
  if (!claims.prefix || claims.prefix->size() > length) return;
  const std::uint64_t noted = claims.prefix->size();
  Hasher read(blob_.digest.algorithm());
  block_.resize(kBlock);
  while (read.size() < noted) {
    const auto block =
        std::span(block_).first(std::min<std::uint64_t>(kBlock, noted - read.size()));
    if (pread_fully(fd_.get(), block, read.size(), path_) != block.size()) return;
    read.update(block);
  }
  if (read.save() != claims.prefix->save()) return;
  hasher_ = std::move(read);
  journal_.remove();
  journal_.save(hasher_);
}

std::vector<Gap> Partial::missing() const {
  std::vector<Gap> gaps;
  const std::lock_guard lock(mutex_);
  std::uint64_t at = hashed();
  for (std::size_t i = segment_at(at); i < segments_.size(); at = end_of(i), ++i) {
    if (segments_[i] != 0 || at == blob_.size) continue;
    if (!gaps.empty() && gaps.back().end == at)
      gaps.back().end = end_of(i);
    else
      gaps.push_back({at, end_of(i)});
  }
  return gaps;
}

// The size stays as it is: a file that is longer than its claims would invite belief in its length.
void Partial::reserve() {
  if (is_full() || blob_.size == 0) return;
  if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(blob_.size)) != 0 &&
      (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
    throw system_error(path_.string(), errno);
}

// The size is capped before the hash: a source that never ends fills no disk.
void Partial::append(std::span<const std::byte> bytes) {
  const std::uint64_t at = hashed();
  if (bytes.size() > blob_.size - at)
    throw verification_error(Reason::digest_mismatch, blob_name(blob_) + " is longer than the " +
                                                          std::to_string(blob_.size) +
                                                          " bytes of its descriptor");
  pwrite_fully(fd_.get(), bytes, at, path_);
  hasher_.update(bytes);
  written(at, at + bytes.size());
  if (hashed() - checkpoint_ >= kCheckpoint) checkpoint();
}

void Partial::put(std::uint64_t offset, std::span<const std::byte> bytes) {
  pwrite_fully(fd_.get(), bytes, offset, path_);
  written(offset, offset + bytes.size());
}

// Whoever writes the last byte of a segment has it complete, since it is written from its front.
void Partial::written(std::uint64_t begin, std::uint64_t end) {
  for (std::size_t i = segment_at(begin); i < segments_.size() && end_of(i) <= end; ++i) {
    const std::lock_guard lock(mutex_);
    if (segments_[i] != 0) continue;
    segments_[i] = 1;
    if (blob_.size >= kWorthAJournal) journal_.claim(i);
  }
}

std::uint64_t Partial::follow(std::uint64_t most) {
  const std::uint64_t from = hashed();
  while (hashed() - from < most && !is_full() && has_segment(segment_at(hashed()))) {
    block_.resize(kBlock);
    const std::uint64_t rest = end_of(segment_at(hashed())) - hashed();
    const auto block = std::span(block_).first(std::min<std::uint64_t>(kBlock, rest));
    if (pread_fully(fd_.get(), block, hashed(), path_) != block.size())
      throw Error(ExitCode::failed, path_.string() + ": became shorter while it was written");
    hasher_.update(block);
    if (hashed() - checkpoint_ >= kCheckpoint) checkpoint();
  }
  return hashed() - from;
}

void Partial::checkpoint() {
  if (hashed() == checkpoint_) return;
  const std::lock_guard lock(mutex_);
  journal_.save(hasher_);
  checkpoint_ = hashed();
}

bool Partial::is_right() { return is_full() && hasher_.finish() == blob_.digest; }

void Partial::restart() {
  if (::ftruncate(fd_.get(), 0) != 0) throw system_error(path_.string(), errno);
  journal_.remove();
  hasher_ = Hasher(blob_.digest.algorithm());
  std::fill(segments_.begin(), segments_.end(), 0);
  checkpoint_ = 0;
  earlier_ = false;
}

void Partial::discard() {
  ::unlink(path_.c_str());
  journal_.remove();
}

void Partial::sync(unsigned mode) {
  if (::fchmod(fd_.get(), mode) != 0 || ::fsync(fd_.get()) != 0)
    throw system_error(path_.string(), errno);
}

void Partial::commit(const std::filesystem::path& target) {
  make_directories(target.parent_path());
  sync(0644);
  if (::rename(path_.c_str(), target.c_str()) != 0) throw system_error(target.string(), errno);
  sync_directory(target.parent_path());
  journal_.remove();
}

void Partial::forget_journal() { journal_.remove(); }

}  // namespace aiops::pack
