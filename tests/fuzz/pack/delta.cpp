// SPDX-License-Identifier: Apache-2.0
#include "pack/delta/decoder.hpp"
#include "pack/safetensors.hpp"
#include "tests/fuzz/harness.hpp"

#include <algorithm>
#include <cstring>

namespace {

using namespace aiops::pack;

ByteSource source(const std::uint8_t* data, std::size_t size) {
  return {"input", size, [=](std::uint64_t offset, std::span<std::byte> into) {
            if (offset > size || into.size() > size - offset) __builtin_trap();
            if (!into.empty()) std::memcpy(into.data(), data + offset, into.size());
          }};
}

}  // namespace

// The input is a delta whose base is all zeros, as long as the header says: that takes nothing to
// provide, so only the header's own bounds hold. It must fill what it is asked for, or refuse.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  aiops::fuzz::refuses_politely([&] {
    const auto header = DeltaHeader::parse(source(data, size));
    if (header.to_bytes() != aiops::fuzz::text_of(data, header.bytes())) __builtin_trap();
    aiops::ThreadPool threads(1);
    const auto read = rebuilt_in_order(
        source(data, size), [](std::span<std::byte> into) { std::ranges::fill(into, std::byte{}); },
        header.whole, header.size, header.base, threads);
    std::vector<std::byte> block(1 << 16);
    constexpr std::uint64_t kMost = 8u << 20;
    for (std::uint64_t at = 0; at + block.size() < std::min(header.size, kMost); at += block.size())
      read(block);
  });
  return aiops::fuzz::refuses_politely(
      [&] { read_safetensors_header(self_contained(source(data, size))); });
}
