// SPDX-License-Identifier: Apache-2.0
// Shadow memory: for every byte who touched it last, so that an access can be held against it.
//
// Two accesses of which one writes race unless something orders them (moment.hpp) or both are
// atomic. A cell keeps the last plain write, the plain readers and the atomics since. One writer
// is enough: whoever is ordered after it is ordered after those before it, or these raced and were
// reported. Readers and atomics are sets, because nothing orders them among themselves: the lanes
// of the last warp by name, other warps and earlier blocks as flags. Nothing orders the
// blocks of a launch, although the executor runs one after the other.
//
// Four bytes share a cell until somebody touches fewer of them.
#pragma once

#include "tests/simt/runtime/moment.hpp"
#include "tests/simt/runtime/report.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace aiops::simt {

enum class Access { read, write, atomic };

// Threads that touched a byte and need not be ordered among each other.
struct Visitors {
  std::uint32_t epoch = 0;  // of the last; 0: nobody
  std::uint32_t lanes = 0;  // of `warp`, in that epoch
  std::uint16_t tick = 0;   // of the last
  std::uint8_t warp = 0;
  bool other_warps : 1 = false;   // in that epoch
  bool other_blocks : 1 = false;  // in this launch

  void record(const Moment& now);
  bool conflicts_with(const Moment& now) const;
  bool operator==(const Visitors&) const = default;
};

struct Cell {
  std::uint32_t write_epoch = 0;  // 0: nobody
  std::uint16_t write_tick = 0;
  std::uint16_t writer : 12 = 0;
  bool initialised : 1 = false;
  bool in_flight : 1 = false;  // a cp.async into it was issued
  Visitors readers = {}, atomics = {};

  bool write_conflicts_with(const Moment& now) const;
  bool operator==(const Cell&) const = default;
};
static_assert(sizeof(Cell) == 32);

struct Finding {
  Fault fault;
  const char* hazard;
  int other_thread;  // -1: of an earlier block; of no meaning where only one is concerned
  std::size_t byte;  // the first one concerned
};

class Shadow {
 public:
  // Of no bytes: it keeps nothing and finds nothing.
  explicit Shadow(std::size_t bytes);

  // Holds an access against what was before it, then records it. The first fault, if any.
  std::optional<Finding> access(std::size_t offset, std::size_t size, Access kind,
                                const Moment& now);

  // The host's writes: bytes with a value and no history.
  void mark_initialised(std::size_t offset, std::size_t size);
  // A cp.async was issued, or has arrived.
  void mark_in_flight(std::size_t offset, std::size_t size, bool in_flight);
  bool initialised(std::size_t offset) const;
  // Copies which bytes have a value.
  void copy_marks(std::size_t to, const Shadow& from, std::size_t offset, std::size_t size);

  // Nobody has touched anything yet.
  void forget();

 private:
  static constexpr std::size_t kWord = 4;

  template <typename Visit>
  void for_each_cell(std::size_t offset, std::size_t size, const Visit& visit);
  void split(std::size_t word);
  void join(std::size_t word);

  std::size_t bytes_;
  std::vector<Cell> cells_;  // one a byte; of a whole word only its first counts
  std::vector<bool> split_;  // one a word
};

}  // namespace aiops::simt
