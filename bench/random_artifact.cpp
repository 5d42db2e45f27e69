// SPDX-License-Identifier: Apache-2.0
#include "bench/random_artifact.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>

namespace aiops::bench {
namespace {

constexpr std::size_t kPool = 16u << 20;
constexpr std::size_t kBlock = 1u << 20;
constexpr std::size_t kStamp = 32;

std::string noise(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = random();
    std::memcpy(bytes.data() + at, &word, std::min(sizeof word, size - at));
  }
  return bytes;
}

std::array<std::byte, kStamp> new_stamp() {
  std::random_device device;
  std::array<std::byte, kStamp> stamp{};
  for (auto& byte : stamp) byte = static_cast<std::byte>(device());
  return stamp;
}

[[noreturn]] void not_here(std::string_view what, std::string_view where) {
  throw Error(ExitCode::not_found, std::string(what) + " is not in " + std::string(where));
}

}  // namespace

struct NoiseRepository::Noise {
  std::shared_ptr<const std::string> pool;
  std::array<std::byte, kStamp> stamp = new_stamp();
  std::uint64_t size = 0;

  void read(std::uint64_t offset, std::span<std::byte> into) const {
    if (offset < kStamp) {
      const auto n = std::min<std::size_t>(into.size(), kStamp - offset);
      std::memcpy(into.data(), stamp.data() + offset, n);
      into = into.subspan(n), offset += n;
    }
    while (!into.empty()) {
      const std::size_t at = offset % pool->size();
      const auto n = std::min(into.size(), pool->size() - at);
      std::memcpy(into.data(), pool->data() + at, n);
      into = into.subspan(n), offset += n;
    }
  }

  void stream(std::uint64_t offset, const pack::Sink& sink) const {
    std::vector<std::byte> block(kBlock);
    while (offset < size) {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, size - offset));
      read(offset, std::span(block).first(n));
      sink(std::span(block).first(n));
      offset += n;
    }
  }
};

NoiseRepository::NoiseRepository(std::uint64_t seed)
    : pool_(std::make_shared<const std::string>(noise(kPool, seed))) {}

pack::Document NoiseRepository::make(std::size_t count, std::uint64_t size) {
  blobs_ = {pack::memory_blob("{}", "application/vnd.oci.empty.v1+json")};
  pack::Manifest manifest{"application/vnd.oci.image.manifest.v1+json",
                          "application/vnd.aiops.bench.noise.v1",
                          blobs_.front().descriptor,
                          {},
                          {},
                          {}};
  for (std::size_t i = 0; i < count; ++i) {
    const auto noise = std::make_shared<const Noise>(Noise{pool_, new_stamp(), size});
    Hasher hasher;
    noise->stream(0, [&](std::span<const std::byte> bytes) { hasher.update(bytes); });
    manifest.layers.push_back({"application/octet-stream", hasher.finish(), size, {}, {}});
    blobs_.push_back(
        {manifest.layers.back(),
         [noise](std::uint64_t offset, const pack::Sink& sink) { noise->stream(offset, sink); },
         [noise](std::uint64_t offset, std::span<std::byte> into) { noise->read(offset, into); }});
  }
  return pack::make_document(manifest.to_bytes(), manifest.media_type, manifest.artifact_type);
}

pack::Document NoiseRepository::fetch_manifest(std::string_view tag_or_digest) {
  not_here(tag_or_digest, name());
}

bool NoiseRepository::has(const pack::Descriptor& blob) {
  return std::ranges::any_of(
      blobs_, [&](const auto& known) { return known.descriptor.digest == blob.digest; });
}

pack::Blob NoiseRepository::blob(const pack::Descriptor& descriptor) {
  for (const auto& known : blobs_)
    if (known.descriptor.digest == descriptor.digest) return known;
  not_here(descriptor.digest.str(), name());
}

pack::BlobFate NoiseRepository::push(const pack::Blob&, const std::function<void(std::uint64_t)>&) {
  throw Error(ExitCode::failed, "noise takes no blobs");
}

void NoiseRepository::push_manifest(const pack::Document&, std::string_view) {
  throw Error(ExitCode::failed, "noise takes no manifests");
}

pack::Document NullRepository::fetch_manifest(std::string_view tag_or_digest) {
  not_here(tag_or_digest, name());
}

pack::Blob NullRepository::blob(const pack::Descriptor& descriptor) {
  not_here(descriptor.digest.str(), name());
}

pack::BlobFate NullRepository::push(const pack::Blob& blob,
                                    const std::function<void(std::uint64_t)>& moved) {
  Hasher hasher(blob.descriptor.digest.algorithm());
  std::uint64_t size = 0;
  blob.stream(0, [&](std::span<const std::byte> bytes) {
    hasher.update(bytes);
    size += bytes.size();
    if (moved) moved(bytes.size());
  });
  if (size != blob.descriptor.size || hasher.finish() != blob.descriptor.digest)
    throw verification_error(
        Reason::digest_mismatch,
        pack::blob_name(blob.descriptor) + ": the bytes that came back do not match this digest");
  return pack::BlobFate::sent;
}

}  // namespace aiops::bench
