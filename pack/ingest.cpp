// SPDX-License-Identifier: Apache-2.0
#include "pack/ingest.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/fetch.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <vector>

namespace aiops::pack {
namespace {

constexpr std::size_t kBlock = 1 << 20;

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
  const auto partial = Partial::own(partial_path(layout, descriptor.digest), descriptor,
                                    [&] { return has_blob(layout, descriptor); });
  if (!partial) return BlobFate::existed;
  complete(*partial, blob, moved);
  partial->commit(blob_path(layout, descriptor.digest));
  return BlobFate::sent;
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
