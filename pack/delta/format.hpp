// SPDX-License-Identifier: Apache-2.0
// A checkpoint delta, application/vnd.aiops.checkpoint.delta.v1: a file as its difference to
// another one of the same size. docs/checkpoint-delta.md is the specification.
//
// Everything that says what follows is at the front, with bounds that hold before anything is
// expanded: the whole is as long as its base, which has to be there, so a delta of a few bytes
// cannot claim a disk full of them.
#pragma once

#include "base/digest.hpp"
#include "pack/byte_source.hpp"
#include "pack/delta/chunk.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace aiops::pack {

// A stretch of the file whose numbers have one width. Chunks never cross its ends.
struct DeltaSection {
  std::uint64_t length = 0;
  unsigned width = 1;  // bytes of a number: 1, 2, 4 or 8
  bool operator==(const DeltaSection&) const = default;
};

struct DeltaHeader {
  struct Entry {
    std::uint32_t stored = 0;  // bytes of its payload
    ChunkEncoding encoding = ChunkEncoding::same;
  };
  // A chunk with its place.
  struct Chunk {
    std::uint64_t offset = 0;  // in the file
    std::uint32_t length = 0;
    unsigned width = 1;
    std::uint64_t payload = 0;  // offset in the delta
    std::uint32_t stored = 0;
    ChunkEncoding encoding = ChunkEncoding::same;
  };

  std::uint64_t size = 0;  // of the file, and of its base
  Digest whole, base;      // SHA-256
  std::uint32_t chunk_size = 0;
  std::vector<DeltaSection> sections;
  std::vector<Entry> entries;  // one a chunk, in order

  // How many chunks the sections make.
  std::uint64_t chunks() const;
  // Bytes of the header: payloads begin behind it.
  std::uint64_t bytes() const;
  std::string to_bytes() const;

  // Reads and checks the header of a delta. Throws Error{failed} naming the source: another
  // version, sizes that contradict each other or the length of the delta, a header of more than 16
  // MiB.
  static DeltaHeader parse(const ByteSource& delta);

  // Goes through the chunks in order.
  class Walk {
   public:
    explicit Walk(const DeltaHeader& header) : header_(header), payload_(header.bytes()) {}
    bool is_done() const { return next_ == header_.entries.size(); }
    Chunk next();

   private:
    const DeltaHeader& header_;
    std::size_t next_ = 0;
    std::size_t section_ = 0;
    std::uint64_t in_section_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t payload_;
  };
};

// The sections of a safetensors file: its header, and runs of tensors whose numbers have one width.
// Throws as read_safetensors_header().
std::vector<DeltaSection> safetensors_sections(const ByteSource& file);

}  // namespace aiops::pack
