// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/runtime/shadow.hpp"

#include <algorithm>

namespace aiops::simt {
namespace {

int other_of(const Visitors& set, const Moment& now) {
  if (set.other_blocks || set.epoch < now.block_start) return -1;
  return set.warp * kLanes + __builtin_ctz(set.lanes);
}

std::optional<Finding> fault_of(Cell& cell, Access kind, const Moment& now) {
  if (cell.in_flight) {
    cell.in_flight = false;  // one report is enough
    return Finding{Fault::asynchronous, "a cp.async into it is under way", 0, 0};
  }
  if (kind != Access::write && !cell.initialised) {
    cell.initialised = true;
    return Finding{Fault::uninitialised, "nobody wrote it before", 0, 0};
  }
  if (cell.write_conflicts_with(now))
    return Finding{Fault::race, kind == Access::read ? "read after write" : "write after write",
                   cell.write_epoch < now.block_start ? -1 : cell.writer, 0};
  if (kind != Access::atomic && cell.atomics.conflicts_with(now))
    return Finding{Fault::race, kind == Access::read ? "read after atomic" : "write after atomic",
                   other_of(cell.atomics, now), 0};
  if (kind != Access::read && cell.readers.conflicts_with(now))
    return Finding{Fault::race, kind == Access::write ? "write after read" : "atomic after read",
                   other_of(cell.readers, now), 0};
  return std::nullopt;
}

void record(Cell& cell, Access kind, const Moment& now) {
  if (kind == Access::read) {
    cell.readers.record(now);
  } else if (kind == Access::atomic) {
    cell.atomics.record(now);
  } else {
    cell = {.write_epoch = now.epoch,
            .write_tick = now.clock->now(),
            .writer = static_cast<std::uint16_t>(now.thread),
            .initialised = true};
  }
}

}  // namespace

void Visitors::record(const Moment& now) {
  const std::uint32_t me = 1U << static_cast<unsigned>(now.lane());
  const bool launch = epoch >= now.launch_start;
  other_blocks = launch && (other_blocks || epoch < now.block_start);
  if (epoch != now.epoch) {
    other_warps = false;
    lanes = me;
  } else if (warp != now.warp()) {
    other_warps = true;
    lanes = me;
  } else {
    if (tick != now.clock->now()) {  // who is ordered before me need not be remembered
      for (std::uint32_t left = lanes; left != 0; left &= left - 1)
        if (now.clock->ordered(__builtin_ctz(left), tick, now.lane())) lanes &= ~(left & -left);
    }
    lanes |= me;
  }
  epoch = now.epoch;
  warp = static_cast<std::uint8_t>(now.warp());
  tick = now.clock->now();
}

bool Visitors::conflicts_with(const Moment& now) const {
  if (epoch < now.launch_start) return false;
  if (other_blocks || epoch < now.block_start) return true;
  if (epoch < now.epoch) return false;
  if (other_warps || warp != now.warp()) return true;
  for (std::uint32_t left = lanes & ~(1U << static_cast<unsigned>(now.lane())); left != 0;
       left &= left - 1)
    if (!now.clock->ordered(__builtin_ctz(left), tick, now.lane())) return true;
  return false;
}

bool Cell::write_conflicts_with(const Moment& now) const {
  if (write_epoch < now.launch_start) return false;
  if (write_epoch < now.block_start) return true;
  if (write_epoch < now.epoch || writer == now.thread) return false;
  return writer / kLanes != now.warp() ||
         !now.clock->ordered(writer % kLanes, write_tick, now.lane());
}

Shadow::Shadow(std::size_t bytes)
    : bytes_(bytes),
      cells_((bytes + kWord - 1) / kWord * kWord),
      split_((bytes + kWord - 1) / kWord) {}

void Shadow::split(std::size_t word) {
  if (split_[word]) return;
  split_[word] = true;
  Cell* cells = &cells_[word * kWord];
  std::fill(cells + 1, cells + kWord, cells[0]);
}

void Shadow::join(std::size_t word) {
  const Cell* cells = &cells_[word * kWord];
  split_[word] =
      !std::all_of(cells + 1, cells + kWord, [&](const Cell& cell) { return cell == cells[0]; });
}

template <typename Visit>
void Shadow::for_each_cell(std::size_t offset, std::size_t size, const Visit& visit) {
  const std::size_t end = cells_.empty() ? offset : offset + size;
  while (offset < end) {
    const std::size_t word = offset / kWord;
    const std::size_t next = std::min((word + 1) * kWord, end);
    const bool whole = next - offset == kWord;
    if (whole && !split_[word]) {
      visit(cells_[offset], offset);
    } else {
      split(word);
      for (std::size_t byte = offset; byte < next; ++byte) visit(cells_[byte], byte);
      if (whole) join(word);
    }
    offset = next;
  }
}

std::optional<Finding> Shadow::access(std::size_t offset, std::size_t size, Access kind,
                                      const Moment& now) {
  std::optional<Finding> first;
  for_each_cell(offset, size, [&](Cell& cell, std::size_t byte) {
    const auto finding = fault_of(cell, kind, now);
    record(cell, kind, now);
    if (finding && !first) {
      first = finding;
      first->byte = byte;
    }
  });
  return first;
}

void Shadow::mark_initialised(std::size_t offset, std::size_t size) {
  for_each_cell(offset, size, [](Cell& cell, std::size_t) { cell = {.initialised = true}; });
}

void Shadow::mark_in_flight(std::size_t offset, std::size_t size, bool in_flight) {
  for_each_cell(offset, size, [&](Cell& cell, std::size_t) {
    cell.in_flight = in_flight;
    cell.initialised = false;
  });
}

bool Shadow::initialised(std::size_t offset) const {
  if (cells_.empty()) return true;
  const std::size_t word = offset / kWord;
  return cells_[split_[word] ? offset : word * kWord].initialised;
}

void Shadow::copy_marks(std::size_t to, const Shadow& from, std::size_t offset, std::size_t size) {
  std::vector<bool> marks;
  for (std::size_t i = 0; i < size; ++i) marks.push_back(from.initialised(offset + i));
  for (std::size_t i = 0; i < size; ++i)
    for_each_cell(to + i, 1, [&](Cell& cell, std::size_t) { cell = {.initialised = marks[i]}; });
}

void Shadow::forget() {
  std::fill(cells_.begin(), cells_.end(), Cell{});
  std::fill(split_.begin(), split_.end(), false);
}

}  // namespace aiops::simt
