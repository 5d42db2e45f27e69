// SPDX-License-Identifier: Apache-2.0
// Chunks are read in windows: while one thread hashes the window of the whole file and another that
// of the base, the rest encode its chunks. The header's length is known beforehand, so payloads
// go behind it as they come, and it is filled in at the end.
#include "pack/delta/encoder.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <span>
#include <string>

namespace aiops::pack {
namespace {

constexpr std::uint32_t kChunk = 1u << 20;
constexpr std::size_t kBlock = 1u << 20;

class Encoder {
 public:
  Encoder(const DeltaInput& input, TempFile& file, ThreadPool& threads)
      : input_(input),
        file_(file),
        threads_(threads),
        header_{input.whole.size, input.whole_digest, input.base_digest,
                kChunk,           input.sections,     {}},
        codecs_(2 * threads.size()),
        payloads_(codecs_.size()) {
    header_.entries.resize(header_.chunks());
  }

  void run(const std::function<void(std::uint64_t)>& moved) {
    DeltaHeader::Walk walk(header_);
    std::uint64_t end = header_.bytes();
    for (std::size_t first = 0; !walk.is_done(); first += window_.size()) {
      fill_window(walk);
      encode_window();
      for (std::size_t i = 0; i < window_.size(); ++i) {
        pwrite_fully(file_.fd(), payloads_[i], end, file_.path());
        end += payloads_[i].size();
        header_.entries[first + i] = {static_cast<std::uint32_t>(payloads_[i].size()),
                                      window_[i].encoding};
        moved(window_[i].length);
      }
    }
    require(input_.whole, whole_hash_.finish(), input_.whole_digest);
    require(input_.base, base_hash_.finish(), input_.base_digest);
    const std::string front = header_.to_bytes();
    pwrite_fully(file_.fd(), std::as_bytes(std::span(front)), 0, file_.path());
  }

 private:
  void fill_window(DeltaHeader::Walk& walk) {
    window_.clear();
    std::uint64_t length = 0;
    while (window_.size() < codecs_.size() && !walk.is_done()) {
      window_.push_back(walk.next());
      length += window_.back().length;
    }
    whole_.resize(length);
    base_.resize(length);
  }

  void encode_window() {
    const std::uint64_t begin = window_.front().offset;
    input_.whole.read_at(begin, whole_);
    input_.base.read_at(begin, base_);
    threads_.run(window_.size() + 2, [&](std::size_t piece) {
      if (piece == 0) return whole_hash_.update(whole_);
      if (piece == 1) return base_hash_.update(base_);
      DeltaHeader::Chunk& chunk = window_[piece - 2];
      const auto of = [&](std::span<const std::byte> bytes) {
        return bytes.subspan(chunk.offset - begin, chunk.length);
      };
      const auto base =
          chunk.offset < input_.self_contained ? std::span<const std::byte>() : of(base_);
      chunk.encoding =
          codecs_[piece - 2].encode(of(whole_), base, chunk.width, payloads_[piece - 2]);
    });
  }

  static void require(const ByteSource& source, const Digest& found, const Digest& claimed) {
    if (found != claimed)
      throw verification_error(Reason::digest_mismatch,
                               source.what + ": its bytes do not match its digest");
  }

  const DeltaInput& input_;
  TempFile& file_;
  ThreadPool& threads_;
  DeltaHeader header_;
  Hasher whole_hash_, base_hash_;
  std::vector<DeltaHeader::Chunk> window_;
  std::vector<std::byte> whole_, base_;  // of the window
  std::vector<ChunkCodec> codecs_;       // one a chunk of the window
  std::vector<std::vector<std::byte>> payloads_;
};

}  // namespace

EncodedDelta encode_delta(const DeltaInput& input, TempFile& file, ThreadPool& threads,
                          const std::function<void(std::uint64_t)>& moved) {
  Encoder(input, file, threads).run(moved);
  Hasher hasher;
  std::vector<std::byte> block(kBlock);
  while (const auto got = pread_fully(file.fd(), block, hasher.size(), file.path()))
    hasher.update(std::span(block).first(got));
  const std::uint64_t size = hasher.size();
  return {hasher.finish(), size};
}

}  // namespace aiops::pack
