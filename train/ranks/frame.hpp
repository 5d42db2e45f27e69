// SPDX-License-Identifier: Apache-2.0
// What two neighbours send each other once they are linked:
//
//   frame  = header payload
//   header = kind u32, size u32, number u64        all little-endian; size is that of the payload
//
// A message (kind 1) carries the bytes of a collective call; its number counts the messages before
// it in its direction, so that neighbours which lost step notice. A failure (kind 2) ends the run:
// its payload is rank u32, code u32, and two texts, the words and the mend, each a u16 and so many
// bytes.
#pragma once

#include "train/ranks/failure.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace aiops::train {

enum class FrameKind : std::uint32_t { message = 1, failure = 2 };

struct FrameHeader {
  FrameKind kind = FrameKind::message;
  std::uint32_t size = 0;
  std::uint64_t number = 0;
};

constexpr std::size_t kFrameHeader = 16;
constexpr std::size_t kMostMessage = std::size_t{256} << 10;
constexpr std::size_t kMostFailure = 4096;

std::string encode(const FrameHeader& header);
// Throws Error{failed} for a kind that there is not, and for a size above that of its kind.
FrameHeader decode_header(std::string_view bytes);

// The payload of a failure; long words are cut.
std::string encode(const Failure& failure);
// Words made safe for a terminal. Throws Error{failed} for anything else than encode() writes.
Failure decode_failure(std::string_view bytes);

}  // namespace aiops::train
