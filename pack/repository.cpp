// SPDX-License-Identifier: Apache-2.0
#include "pack/repository.hpp"

#include "base/error.hpp"

#include <cstring>
#include <memory>

namespace aiops::pack {

std::string referrers_tag(const Digest& subject) {
  return std::string(subject.algorithm()) + "-" + std::string(subject.hex().substr(0, 64));
}

std::string read_blob(Repository& repository, const Descriptor& descriptor, std::uint64_t limit) {
  const auto what = descriptor.digest.short_form() + " in " + repository.name();
  if (descriptor.size > limit)
    throw Error(ExitCode::failed, what + ": " + std::to_string(descriptor.size) +
                                      " bytes, more than the " + std::to_string(limit) +
                                      " allowed here");
  const Blob blob = repository.blob(descriptor);
  do {
    std::string bytes;
    bytes.reserve(descriptor.size);
    blob.stream(0, [&](std::span<const std::byte> block) {
      if (block.size() > descriptor.size - bytes.size())
        throw verification_error(Reason::digest_mismatch, what + ": longer than the " +
                                                              std::to_string(descriptor.size) +
                                                              " bytes of its descriptor");
      bytes.append(reinterpret_cast<const char*>(block.data()), block.size());
    });
    Hasher hasher(descriptor.digest.algorithm());
    hasher.update(bytes);
    if (bytes.size() == descriptor.size && hasher.finish() == descriptor.digest) return bytes;
  } while (blob.elsewhere && blob.elsewhere());
  throw verification_error(Reason::digest_mismatch, what + ": its bytes do not match its digest");
}

Blob memory_blob(std::string bytes, std::string_view media_type) {
  const auto held = std::make_shared<const std::string>(std::move(bytes));
  Blob blob{{std::string(media_type), sha256_of(*held), held->size(), {}, {}}, {}, {}};
  blob.stream = [held](std::uint64_t offset, const Sink& sink) {
    if (offset < held->size()) sink(std::as_bytes(std::span(*held)).subspan(offset));
  };
  blob.read_at = [held](std::uint64_t offset, std::span<std::byte> into) {
    if (offset > held->size() || into.size() > held->size() - offset)
      throw Error(ExitCode::failed,
                  "read past the end of a blob of " + std::to_string(held->size()) + " bytes");
    if (!into.empty()) std::memcpy(into.data(), held->data() + offset, into.size());
  };
  return blob;
}

}  // namespace aiops::pack
