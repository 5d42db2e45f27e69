// SPDX-License-Identifier: Apache-2.0
// One chunk of a delta: a stretch of a file of at most a few MiB, stored so that it can be rebuilt
// from the same stretch of the base and nothing else.
#pragma once

#include "pack/delta/zstd_library.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace aiops::pack {

// How a chunk is stored; the numbers are those of the format (docs/checkpoint-delta.md).
enum class ChunkEncoding : std::uint8_t {
  same = 0,          // nothing: it is the base's stretch
  raw = 1,           // its bytes
  own = 2,           // planes of its numbers
  exclusive_or = 3,  // planes of them and the base's
  difference = 4,
};
inline constexpr std::uint8_t kLastEncoding = 4;

// Whether the chunk can be rebuilt without its base.
bool needs_base(ChunkEncoding encoding);

// Encodes and decodes chunks; keeps its buffers between them. One for a thread at a time.
class ChunkCodec {
 public:
  // The payload of `chunk`, replacing what is in `payload`; never longer than the chunk. An empty
  // `base` means none: then the chunk is stored so that it needs none.
  ChunkEncoding encode(std::span<const std::byte> chunk, std::span<const std::byte> base,
                       unsigned width, std::vector<std::byte>& payload);

  // Fills `chunk` from its payload and its base. Throws Error{failed} naming `what` when the
  // payload is not one of a chunk of this length.
  void decode(ChunkEncoding encoding, std::span<const std::byte> payload,
              std::span<const std::byte> base, unsigned width, std::span<std::byte> chunk,
              std::string_view what);

 private:
  void compress_plane(std::span<const std::byte> plane, std::size_t slot,
                      std::vector<std::byte>& payload);
  void expand_planes(std::span<const std::byte> payload, unsigned width, std::string_view what);

  ZstdCompression compression_;
  ZstdDecompression decompression_;
  std::vector<std::byte> planes_;
  std::vector<std::byte> packed_;
};

}  // namespace aiops::pack
