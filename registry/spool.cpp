// SPDX-License-Identifier: Apache-2.0
#include "registry/spool.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>

namespace aiops::registry {
namespace {

Fd nameless_file(const std::filesystem::path& directory) {
  Fd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd) return fd;
  std::string path =
      (directory / "aiops-spool-XXXXXX").string();  // no O_TMPFILE on this file system
  fd = Fd(::mkostemp(path.data(), O_CLOEXEC));
  if (!fd) throw system_error("cannot make a temporary file in " + directory.string(), errno);
  ::unlink(path.c_str());
  return fd;
}

}  // namespace

pack::Blob seekable(const pack::Blob& blob, const std::filesystem::path& directory) {
  if (blob.read_at) return blob;
  const auto& descriptor = blob.descriptor;
  const auto file = std::make_shared<Fd>(nameless_file(directory));
  Hasher hasher(descriptor.digest.algorithm());
  blob.stream(0, [&](std::span<const std::byte> bytes) {
    hasher.update(bytes);
    write_fully(file->get(), bytes, directory);
  });
  if (hasher.finish() != descriptor.digest)
    throw verification_error(Reason::digest_mismatch, "blob " + descriptor.digest.short_form() +
                                                          " has other bytes than its digest says");
  pack::Blob copy = blob;
  copy.read_at = [file, directory](std::uint64_t offset, std::span<std::byte> out) {
    if (pread_fully(file->get(), out, offset, directory) != out.size())
      throw Error(ExitCode::failed,
                  "a temporary file in " + directory.string() + " became shorter");
  };
  return copy;
}

}  // namespace aiops::registry
