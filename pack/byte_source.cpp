// SPDX-License-Identifier: Apache-2.0
#include "pack/byte_source.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <fcntl.h>

#include <algorithm>
#include <memory>

namespace aiops::pack {

ByteSource file_source(const std::filesystem::path& path) {
  const auto fd = std::make_shared<Fd>(open_file(path, O_RDONLY));
  return {path.string(), file_size(fd->get(), path),
          [fd, path](std::uint64_t offset, std::span<std::byte> into) {
            if (pread_fully(fd->get(), into, offset, path) != into.size())
              throw Error(ExitCode::failed,
                          path.string() + ": it became shorter while it was read");
          }};
}

namespace {

struct Enough {};  // breaks a stream off

void read_from_stream(const Blob& blob, std::uint64_t offset, std::span<std::byte> into) {
  if (into.empty()) return;
  std::size_t filled = 0;
  try {
    blob.stream(offset, [&](std::span<const std::byte> bytes) {
      const auto n = std::min(bytes.size(), into.size() - filled);
      std::copy_n(bytes.begin(), n, into.begin() + static_cast<std::ptrdiff_t>(filled));
      filled += n;
      if (filled == into.size()) throw Enough();
    });
  } catch (const Enough&) {
    return;
  }
  throw Error(ExitCode::failed, "blob " + blob.descriptor.digest.short_form() +
                                    " ends before byte " + std::to_string(offset + into.size()));
}

}  // namespace

ByteSource blob_source(const Blob& blob, std::string what) {
  if (blob.read_at) return {std::move(what), blob.descriptor.size, blob.read_at};
  return {std::move(what), blob.descriptor.size,
          [blob](std::uint64_t offset, std::span<std::byte> into) {
            read_from_stream(blob, offset, into);
          }};
}

}  // namespace aiops::pack
