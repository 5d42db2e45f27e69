// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/staging.hpp"

#include <algorithm>
#include <cstring>

namespace aiops::kernels::device {
namespace {

constexpr std::uint64_t kAlignment = 256;  // of what cudaMalloc gives: any operator may read it
constexpr std::uint64_t kLeast = 1 << 16;

}  // namespace

Staging::Chunk::Chunk(const Device& device, std::uint64_t bytes)
    : here(device, bytes, Memory::Place::pinned), there(device, bytes) {}

void Staging::begin(Stream& stream) {
  std::uint64_t used = 0, all = 0;
  for (const Chunk& chunk : chunks_) {
    used += chunk.used;
    all += chunk.here.size();
  }
  if (used > 0) stream.synchronise();
  if (chunks_.size() > 1) {
    chunks_.clear();
    chunks_.emplace_back(device_, all);
  }
  for (Chunk& chunk : chunks_) chunk.used = 0;
}

const std::byte* Staging::put(std::span<const std::byte> bytes, Stream& stream) {
  const std::uint64_t room = (bytes.size() + kAlignment - 1) / kAlignment * kAlignment;
  if (chunks_.empty() || chunks_.back().used + room > chunks_.back().here.size())
    chunks_.emplace_back(device_, std::max(2 * room, kLeast));
  Chunk& chunk = chunks_.back();
  const std::uint64_t at = chunk.used;
  chunk.used += room;
  if (bytes.empty()) return chunk.there.data() + at;
  std::memcpy(chunk.here.data() + at, bytes.data(), bytes.size());
  stream.upload(chunk.there.data() + at, chunk.here.data() + at, bytes.size());
  return chunk.there.data() + at;
}

}  // namespace aiops::kernels::device
