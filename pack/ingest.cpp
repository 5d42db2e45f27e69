// SPDX-License-Identifier: Apache-2.0
#include "pack/ingest.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace aiops::pack {
namespace {

constexpr std::size_t kBlock = 1 << 20;

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

// Opens and locks the partial of a digest, unless the blob is complete by the time we own it.
Fd own_partial(const std::filesystem::path& layout, const Descriptor& descriptor) {
  const auto path = partial_path(layout, descriptor.digest);
  for (;;) {
    Fd fd = open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0644);
    lock_exclusively(fd.get(), path);
    if (has_blob(layout, descriptor)) {
      if (is_same_file(fd.get(), path)) ::unlink(path.c_str());
      return {};
    }
    // Renamed or removed by its last owner while we waited: what we hold is not the partial.
    if (is_same_file(fd.get(), path)) return fd;
  }
}

// A partial being filled: what it holds, and the hash of it.
class Partial {
 public:
  Partial(Fd fd, std::filesystem::path path, const Descriptor& descriptor)
      : fd_(std::move(fd)),
        path_(std::move(path)),
        descriptor_(descriptor),
        hasher_(descriptor.digest.algorithm()) {}

  std::uint64_t size() const { return size_; }

  // Hashes what an earlier run left.
  void adopt() {
    if (file_size(fd_.get(), path_) > descriptor_.size) return restart();
    std::vector<std::byte> block(kBlock);
    while (const auto n = pread_fully(fd_.get(), block, size_, path_)) {
      hasher_.update(std::span(block).first(n));
      size_ += n;
    }
  }

  void restart() {
    if (::ftruncate(fd_.get(), 0) != 0) throw system_error(path_.string(), errno);
    hasher_ = Hasher(descriptor_.digest.algorithm());
    size_ = 0;
  }

  // A full disk is better known before the transfer than at its end. The size stays as it is, so
  // that the length of a partial keeps meaning what arrived.
  void reserve() {
    if (descriptor_.size == size_) return;
    if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(descriptor_.size)) != 0 &&
        (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
      throw system_error(path_.string(), errno);
  }

  // The size is capped before the hash: a source that never ends fills no disk.
  void append(std::span<const std::byte> bytes) {
    if (bytes.size() > descriptor_.size - size_)
      throw verification_error(Reason::digest_mismatch, blob_name(descriptor_) +
                                                            ": more than the " +
                                                            std::to_string(descriptor_.size) +
                                                            " bytes of its descriptor arrived");
    pwrite_fully(fd_.get(), bytes, size_, path_);
    hasher_.update(bytes);
    size_ += bytes.size();
  }

  bool is_right() { return size_ == descriptor_.size && hasher_.finish() == descriptor_.digest; }

  void discard() { ::unlink(path_.c_str()); }

  void commit(const std::filesystem::path& target) {
    make_directories(target.parent_path());
    if (::fchmod(fd_.get(), 0644) != 0 || ::fsync(fd_.get()) != 0)
      throw system_error(path_.string(), errno);
    if (::rename(path_.c_str(), target.c_str()) != 0) throw system_error(target.string(), errno);
    sync_directory(target.parent_path());
  }

 private:
  Fd fd_;
  std::filesystem::path path_;
  const Descriptor& descriptor_;
  Hasher hasher_;
  std::uint64_t size_ = 0;
};

// Takes the rest of the blob from its source. Throws when the source is short or too long.
void fill(Partial& partial, const Blob& blob, const std::function<void(std::uint64_t)>& moved) {
  if (partial.size() == blob.descriptor.size) return;
  partial.reserve();
  blob.stream(partial.size(), [&](std::span<const std::byte> bytes) {
    partial.append(bytes);
    if (moved) moved(bytes.size());
  });
  if (partial.size() < blob.descriptor.size)
    throw Error(ExitCode::unavailable,
                blob_name(blob.descriptor) + ": its source ended after " +
                    std::to_string(partial.size()) + " of " + std::to_string(blob.descriptor.size) +
                    " bytes",
                "run the command again: it continues from there");
}

}  // namespace

std::filesystem::path blob_path(const std::filesystem::path& layout, const Digest& digest) {
  return layout / "blobs" / digest.algorithm() / digest.hex();
}

std::filesystem::path partial_path(const std::filesystem::path& layout, const Digest& digest) {
  return layout / "ingest" / (referrers_tag(digest) + ".partial");
}

bool has_blob(const std::filesystem::path& layout, const Descriptor& descriptor) {
  struct stat status {};
  return ::stat(blob_path(layout, descriptor.digest).c_str(), &status) == 0 &&
         S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) == descriptor.size;
}

BlobFate ingest(const std::filesystem::path& layout, const Blob& blob,
                const std::function<void(std::uint64_t)>& moved) {
  const Descriptor& descriptor = blob.descriptor;
  if (has_blob(layout, descriptor)) return BlobFate::existed;
  make_directories(layout / "ingest");
  Fd fd = own_partial(layout, descriptor);
  if (!fd) return BlobFate::existed;
  Partial partial(std::move(fd), partial_path(layout, descriptor.digest), descriptor);
  partial.adopt();
  const bool resumed = partial.size() > 0;
  try {
    fill(partial, blob, moved);
  } catch (const Error& error) {
    if (error.code == ExitCode::unverified) partial.discard();
    throw;
  }
  if (partial.is_right()) {
    partial.commit(blob_path(layout, descriptor.digest));
    return BlobFate::sent;
  }
  if (resumed) {  // the bytes that were lying there were wrong: once more, from the first byte
    partial.restart();
    fill(partial, blob, moved);
    if (partial.is_right()) {
      partial.commit(blob_path(layout, descriptor.digest));
      return BlobFate::sent;
    }
  }
  partial.discard();
  throw verification_error(
      Reason::digest_mismatch,
      blob_name(descriptor) + ": the bytes that arrived do not match this digest");
}

Descriptor ingest_new(const std::filesystem::path& layout, std::string_view media_type,
                      const std::function<void(const Sink&)>& produce) {
  make_directories(layout / "ingest");
  TempFile file(layout / "ingest");
  Hasher hasher;
  std::uint64_t size = 0;
  produce([&](std::span<const std::byte> bytes) {
    hasher.update(bytes);
    file.write(bytes);
    size += bytes.size();
  });
  Descriptor descriptor{std::string(media_type), hasher.finish(), size, {}, {}};
  if (has_blob(layout, descriptor)) return descriptor;
  const auto target = blob_path(layout, descriptor.digest);
  make_directories(target.parent_path());
  file.commit(target);
  return descriptor;
}

namespace {

struct LazyFile {
  std::filesystem::path path;
  std::once_flag once;
  Fd fd;
  int get() {
    std::call_once(once, [this] { fd = open_file(path, O_RDONLY); });
    return fd.get();
  }
};

}  // namespace

Blob file_blob(const std::filesystem::path& path, const Descriptor& descriptor) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw system_error(path.string(), errno);
  const auto file = std::make_shared<LazyFile>();
  file->path = path;
  Blob blob{descriptor, {}, {}};
  blob.stream = [file](std::uint64_t offset, const Sink& sink) {
    const Fd fd = open_file(file->path, O_RDONLY);
    ::posix_fadvise(fd.get(), static_cast<off_t>(offset), 0, POSIX_FADV_SEQUENTIAL);
    std::vector<std::byte> block(kBlock);
    while (const auto n = pread_fully(fd.get(), block, offset, file->path)) {
      sink(std::span(block).first(n));
      offset += n;
    }
  };
  blob.read_at = [file](std::uint64_t offset, std::span<std::byte> into) {
    if (pread_fully(file->get(), into, offset, file->path) != into.size())
      throw Error(ExitCode::failed, file->path.string() + ": ends before byte " +
                                        std::to_string(offset + into.size()));
  };
  return blob;
}

}  // namespace aiops::pack
