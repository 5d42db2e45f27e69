// SPDX-License-Identifier: Apache-2.0
// The payload of planes is `width` lengths, u32 little-endian, and then the planes. A length of 0
// is a plane of zeros; that of the whole plane, the plane as it is; any other, one zstd stream that
// gives exactly the plane. So what a chunk can grow to is known before anything is expanded.
#include "pack/delta/chunk.hpp"

#include "base/error.hpp"
#include "pack/delta/little_endian.hpp"
#include "pack/delta/planes.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace aiops::pack {
namespace {

// Measured (docs/PERFORMANCE.md): what compresses is the skewed distribution of a plane's bytes.
// Repetitions are accidents: looking harder for them, or for short ones, costs time and bytes.
constexpr int kLevel = 1;
constexpr int kShortestMatch = 7;
constexpr std::size_t kLength = sizeof(std::uint32_t);

bool is_zero(std::span<const std::byte> bytes) {
  return bytes[0] == std::byte{} &&
         std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

[[noreturn]] void refuse(std::string_view what) {
  throw Error(ExitCode::failed, std::string(what) + ": a chunk of it is damaged");
}

ZstdCompression new_compression() {
  const ZstdLibrary& zstd = ZstdLibrary::get();
  ZstdCompression context = zstd_compression();
  zstd.set_parameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  zstd.set_parameter(context.get(), ZSTD_c_minMatch, kShortestMatch);
  return context;
}

Transform transform_of(ChunkEncoding encoding) {
  if (encoding == ChunkEncoding::own) return Transform::own;
  return encoding == ChunkEncoding::exclusive_or ? Transform::exclusive_or : Transform::difference;
}

ChunkEncoding encoding_of(Transform transform) {
  if (transform == Transform::own) return ChunkEncoding::own;
  return transform == Transform::exclusive_or ? ChunkEncoding::exclusive_or
                                              : ChunkEncoding::difference;
}

}  // namespace

bool needs_base(ChunkEncoding encoding) {
  return encoding != ChunkEncoding::raw && encoding != ChunkEncoding::own;
}

ChunkEncoding ChunkCodec::encode(std::span<const std::byte> chunk, std::span<const std::byte> base,
                                 unsigned width, std::vector<std::byte>& payload) {
  payload.clear();
  if (!base.empty() && std::memcmp(chunk.data(), base.data(), chunk.size()) == 0)
    return ChunkEncoding::same;
  const Transform transform = base.empty() ? Transform::own : best_transform(width, chunk, base);
  planes_.resize(chunk.size());
  split_planes(transform, width, chunk, base.empty() ? chunk : base, planes_);
  payload.resize(width * kLength);
  const std::size_t size = chunk.size() / width;
  for (unsigned plane = 0; plane < width; ++plane)
    compress_plane(std::span(planes_).subspan(plane * size, size), plane * kLength, payload);
  if (payload.size() < chunk.size()) return encoding_of(transform);
  payload.assign(chunk.begin(), chunk.end());
  return ChunkEncoding::raw;
}

void ChunkCodec::compress_plane(std::span<const std::byte> plane, std::size_t slot,
                                std::vector<std::byte>& payload) {
  if (is_zero(plane)) return put_little<std::uint32_t>(std::span(payload).subspan(slot), 0);
  const ZstdLibrary& zstd = ZstdLibrary::get();
  if (!compression_) compression_ = new_compression();
  packed_.resize(zstd.bound(plane.size()));
  const std::size_t size =
      zstd.compress(compression_.get(), packed_.data(), packed_.size(), plane.data(), plane.size());
  const bool pays = zstd.is_error(size) == 0 && size < plane.size();
  const auto stored = pays ? std::span<const std::byte>(packed_).first(size) : plane;
  payload.insert(payload.end(), stored.begin(), stored.end());
  put_little(std::span(payload).subspan(slot), static_cast<std::uint32_t>(stored.size()));
}

void ChunkCodec::decode(ChunkEncoding encoding, std::span<const std::byte> payload,
                        std::span<const std::byte> base, unsigned width, std::span<std::byte> chunk,
                        std::string_view what) {
  switch (encoding) {
    case ChunkEncoding::same:
      std::ranges::copy(base, chunk.begin());
      return;
    case ChunkEncoding::raw:
      if (payload.size() != chunk.size()) refuse(what);
      std::ranges::copy(payload, chunk.begin());
      return;
    case ChunkEncoding::own:
    case ChunkEncoding::exclusive_or:
    case ChunkEncoding::difference:
      planes_.resize(chunk.size());
      expand_planes(payload, width, what);
      join_planes(transform_of(encoding), width, planes_, base.empty() ? planes_ : base, chunk);
  }
}

void ChunkCodec::expand_planes(std::span<const std::byte> payload, unsigned width,
                               std::string_view what) {
  if (payload.size() < width * kLength) refuse(what);
  const ZstdLibrary& zstd = ZstdLibrary::get();
  if (!decompression_) decompression_ = zstd_decompression();
  const std::size_t size = planes_.size() / width;
  auto rest = payload.subspan(width * kLength);
  for (unsigned plane = 0; plane < width; ++plane) {
    const auto into = std::span(planes_).subspan(plane * size, size);
    const auto length = get_little<std::uint32_t>(payload.subspan(plane * kLength));
    if (length > size || length > rest.size()) refuse(what);
    const auto stored = rest.first(length);
    rest = rest.subspan(length);
    if (length == 0)
      std::ranges::fill(into, std::byte{});
    else if (length == size)
      std::ranges::copy(stored, into.begin());
    else if (zstd.decompress(decompression_.get(), into.data(), size, stored.data(), length) !=
             size)
      refuse(what);
  }
  if (!rest.empty()) refuse(what);
}

}  // namespace aiops::pack
