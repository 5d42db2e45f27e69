// SPDX-License-Identifier: Apache-2.0
#include "pack/byte_source.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <fcntl.h>

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

ByteSource blob_source(const Blob& blob, std::string what) {
  if (!blob.read_at)
    throw Error(ExitCode::failed, what + ": only whole blobs can be read from this place");
  return {std::move(what), blob.descriptor.size, blob.read_at};
}

}  // namespace aiops::pack
