// SPDX-License-Identifier: Apache-2.0
// Deltas on deltas are a chain of readers, each asking the one below for the base of its next
// window; nothing between them touches the disk. The thread that asks reads, then the pool decodes
// the window's chunks while one of its threads hashes the base.
#include "pack/delta/decoder.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace aiops::pack {
namespace {

class Decoder {
 public:
  Decoder(ByteSource delta, InOrder base, ThreadPool& threads)
      : delta_(std::move(delta)),
        base_in_order_(std::move(base)),
        threads_(threads),
        header_(DeltaHeader::parse(delta_)),
        walk_(header_),
        codecs_(threads.size() + 1) {}
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  const DeltaHeader& header() const { return header_; }

  void read(std::span<std::byte> into) {
    while (!into.empty()) {
      if (given_ == bytes_.size()) next_window();
      const auto ready = std::span<const std::byte>(bytes_).subspan(given_);
      const auto part = ready.first(std::min(ready.size(), into.size()));
      std::ranges::copy(part, into.begin());
      into = into.subspan(part.size());
      given_ += part.size();
    }
  }

 private:
  void next_window() {
    if (walk_.is_done()) throw Error(ExitCode::failed, delta_.what + ": read past its end");
    window_.clear();
    std::uint64_t length = 0, stored = 0;
    while (window_.size() < codecs_.size() && !walk_.is_done()) {
      window_.push_back(walk_.next());
      length += window_.back().length;
      stored += window_.back().stored;
    }
    base_.resize(length);
    bytes_.resize(length);
    payload_.resize(stored);
    base_in_order_(base_);
    delta_.read_at(window_.front().payload, payload_);
    decode_window();
    given_ = 0;
    if (walk_.is_done() && base_hash_.finish() != header_.base)
      throw verification_error(Reason::digest_mismatch,
                               delta_.what + ": the bytes of its base do not match their digest");
  }

  void decode_window() {
    const auto& front = window_.front();
    threads_.run(window_.size() + 1, [&](std::size_t piece) {
      if (piece == 0) return base_hash_.update(base_);
      const auto& chunk = window_[piece - 1];
      const std::uint64_t at = chunk.offset - front.offset;
      codecs_[piece - 1].decode(
          chunk.encoding,
          std::span<const std::byte>(payload_).subspan(chunk.payload - front.payload, chunk.stored),
          std::span<const std::byte>(base_).subspan(at, chunk.length), chunk.width,
          std::span(bytes_).subspan(at, chunk.length), delta_.what);
    });
  }

  ByteSource delta_;
  InOrder base_in_order_;
  ThreadPool& threads_;
  DeltaHeader header_;
  DeltaHeader::Walk walk_;
  Hasher base_hash_;
  std::vector<DeltaHeader::Chunk> window_;
  std::vector<std::byte> base_, payload_, bytes_;  // of the window
  std::size_t given_ = 0;                          // of bytes_
  std::vector<ChunkCodec> codecs_;                 // one a chunk of the window
};

}  // namespace

InOrder in_order(ByteSource source) {
  return [source = std::move(source), at = std::uint64_t{0}](std::span<std::byte> into) mutable {
    source.read_at(at, into);
    at += into.size();
  };
}

InOrder rebuilt_in_order(ByteSource delta, InOrder base, const Digest& whole, std::uint64_t size,
                         const Digest& base_digest, ThreadPool& threads) {
  const std::string what = delta.what;
  const auto decoder = std::make_shared<Decoder>(std::move(delta), std::move(base), threads);
  const DeltaHeader& header = decoder->header();
  if (header.whole != whole || header.base != base_digest || header.size != size)
    throw verification_error(Reason::digest_mismatch,
                             what + ": it is about other files than its manifest says");
  return [decoder](std::span<std::byte> into) { decoder->read(into); };
}

ByteSource self_contained(ByteSource delta) {
  const auto header = std::make_shared<const DeltaHeader>(DeltaHeader::parse(delta));
  const std::string what = delta.what;
  const auto read = [delta = std::move(delta), header](std::uint64_t offset,
                                                       std::span<std::byte> into) {
    const std::uint64_t end = offset + into.size();
    ChunkCodec codec;
    std::vector<std::byte> payload, bytes;
    for (DeltaHeader::Walk walk(*header); !walk.is_done();) {
      const auto chunk = walk.next();
      if (chunk.offset >= end) return;
      if (chunk.offset + chunk.length <= offset) continue;
      if (needs_base(chunk.encoding))
        throw Error(ExitCode::failed, delta.what + ": cannot be read without its base");
      payload.resize(chunk.stored);
      bytes.resize(chunk.length);
      delta.read_at(chunk.payload, payload);
      codec.decode(chunk.encoding, payload, {}, chunk.width, bytes, delta.what);
      const std::uint64_t from = std::max(offset, chunk.offset);
      const std::uint64_t to = std::min(end, chunk.offset + chunk.length);
      std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(from - chunk.offset), to - from,
                  into.begin() + static_cast<std::ptrdiff_t>(from - offset));
    }
  };
  return {what, header->size, read};
}

}  // namespace aiops::pack
