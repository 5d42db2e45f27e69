// SPDX-License-Identifier: Apache-2.0
// How the memory that the ranks of one host share is laid out, for the files that implement it.
// Everything here is zeros at first, and only atomics are touched by two processes at once.
#pragma once

#include "train/ranks/collective.hpp"
#include "train/ranks/shared_region.hpp"

#include <array>
#include <atomic>

namespace aiops::train {

// Floats that are added or sent at a time: small enough for the caches, large enough that what
// comes between two of them does not show.
constexpr std::size_t kChunk = std::size_t{64} << 10;

// Chunks between two hosts: sums that arrive and sums that leave, a few each, and results. Enough
// of them that a host may run ahead by kMostAhead chunks while its sums go to the last host and
// come back.
constexpr std::size_t kMostAhead = 64;
constexpr std::size_t kArriving = 4, kLeaving = 4, kResults = kMostAhead + 4;
constexpr std::size_t kSlots = kArriving + kLeaving + kResults;

constexpr std::uint32_t kMagic = 0x61697233;  // "air3": changes with this layout

struct SharedHeader {
  std::uint32_t magic, ranks, slots;

  alignas(64) std::atomic<std::uint32_t> arrived;     // at the barrier
  alignas(64) std::atomic<std::uint32_t> generation;  // barriers passed; the futex
  std::atomic<std::uint32_t> sleepers;

  // The first failure: 0 none, 1 being written, 2 there.
  alignas(64) std::atomic<std::uint32_t> failed;
  std::int32_t failed_rank, failed_code;
  std::array<char, 1024> failed_message;
  std::array<char, 512> failed_mend;

  std::array<std::atomic<std::int32_t>, SharedRegion::kMostRanks> pids;  // 0: not there yet

  // Two sets of few values in turn: a rank that writes the next sum does not disturb one that still
  // reads the last.
  using Few = std::array<double, Collective::kFew>;
  alignas(64) std::array<std::array<Few, SharedRegion::kMostRanks>, 2> few;
  std::array<Few, 2> few_of_all;  // summed over all hosts

  // Chunks of a sum that some rank has taken; for two sums in turn.
  std::array<std::atomic<std::uint64_t>, 2> taken;

  std::uint32_t group, groups;  // where this one stands among those of other hosts
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace aiops::train
