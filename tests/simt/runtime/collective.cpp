// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/runtime/collective.hpp"

#include "tests/simt/runtime/report.hpp"

#include <cstring>
#include <utility>

namespace aiops::simt {
namespace {

bool in_mask(unsigned mask, int lane) { return (mask >> static_cast<unsigned>(lane) & 1U) != 0; }

bool same_site(const Site& a, const Site& b) {
  return a.line == b.line && a.column == b.column && std::strcmp(a.file, b.file) == 0;
}

// Everybody who is named and alive, or false: somebody is missing.
bool gather(const Collective& mine, int warp, Collective::Lanes& lanes) {
  for (int lane = 0; lane < kLanes; ++lane) {
    const int number = warp * kLanes + lane;
    if (!in_mask(mine.mask, lane) || number >= machine.size) continue;
    const Thread& thread = machine.thread(number);
    if (thread.state == State::exited) continue;
    const Collective* other = thread.collective;
    if (other == nullptr || other->complete != mine.complete || other->mask != mine.mask)
      return false;
    lanes[static_cast<std::size_t>(lane)] = thread.collective;
  }
  return true;
}

void check_sites(const Collective& mine, const Collective::Lanes& lanes) {
  for (const Collective* other : lanes)
    if (other != nullptr && !same_site(other->site, mine.site))
      report(Fault::diverged, text("lanes of one warp meet at %s:%u and at %s:%u", other->site.file,
                                   other->site.line, mine.site.file, mine.site.line));
}

struct WarpBarrier : Collective {};

void complete_barrier(const Collective::Lanes& lanes, int warp) {
  unsigned present = 0;
  for (unsigned lane = 0; lane < kLanes; ++lane)
    if (lanes[lane] != nullptr) present |= 1U << lane;
  if (machine.clock(warp).now() == WarpClock::kMostTicks) {
    report(Fault::launch, "a warp met more often between two barriers than the executor can count");
    return;
  }
  machine.clock(warp).synchronise(present);
}

struct ShuffleOperands : Collective {
  Shuffle kind;
  std::uint64_t value;
  int operand, width;
  std::uint64_t result;
};

// Which lane `lane` reads: itself where the source would lie beyond its segment.
int source_of(const ShuffleOperands& mine, int lane) {
  const int begin = lane & ~(mine.width - 1);
  switch (mine.kind) {
    case Shuffle::index:
      return begin + (mine.operand & (mine.width - 1));
    case Shuffle::up:
      return lane - mine.operand < begin ? lane : lane - mine.operand;
    case Shuffle::down:
      return lane + mine.operand >= begin + mine.width ? lane : lane + mine.operand;
    case Shuffle::exclusive_or:
      return (lane ^ mine.operand) >= begin + mine.width ? lane : lane ^ mine.operand;
  }
  return lane;
}

constexpr std::uint64_t kRubbish = 0x7FC0DEAD7FC0DEAD;

void complete_shuffle(const Collective::Lanes& lanes, int warp) {
  for (int lane = 0; lane < kLanes; ++lane) {
    auto* mine = lane_of<ShuffleOperands>(lanes, lane);
    if (mine == nullptr) continue;
    const int source = source_of(*mine, lane);
    if (const auto* other = lane_of<ShuffleOperands>(lanes, source)) {
      mine->result = other->value;
      continue;
    }
    mine->result = kRubbish;
    Thread* const completing =
        std::exchange(machine.current, &machine.thread(warp * kLanes + lane));
    report(Fault::shuffle, text("the shuffle at %s:%u takes from lane %d, which %s",
                                mine->site.file, mine->site.line, source,
                                in_mask(mine->mask, source) ? "has exited" : "is not in the mask"));
    machine.current = completing;
  }
}

struct BallotOperands : Collective {
  int predicate;
  unsigned result;
};

void complete_ballot(const Collective::Lanes& lanes, int) {
  unsigned result = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    const auto* mine = lane_of<BallotOperands>(lanes, lane);
    if (mine != nullptr && mine->predicate != 0) result |= 1U << static_cast<unsigned>(lane);
  }
  for (int lane = 0; lane < kLanes; ++lane)
    if (auto* mine = lane_of<BallotOperands>(lanes, lane)) mine->result = result;
}

}  // namespace

bool meet(Collective& mine) {
  Thread& thread = *machine.current;
  if (!in_mask(mine.mask, thread.lane())) {
    report(Fault::mask, text("%s:%u: lane %d calls with the mask %08x, which leaves it out",
                             mine.site.file, mine.site.line, thread.lane(), mine.mask));
    return false;
  }
  thread.collective = &mine;
  thread.state = State::in_collective;
  Collective::Lanes lanes{};
  if (!gather(mine, thread.warp(), lanes)) {
    give_way();
    return true;
  }
  check_sites(mine, lanes);
  mine.complete(lanes, thread.warp());
  for (int lane = 0; lane < kLanes; ++lane) {
    if (lanes[static_cast<std::size_t>(lane)] == nullptr) continue;
    Thread& released = machine.thread(thread.warp() * kLanes + lane);
    released.collective = nullptr;
    released.state = State::ready;
  }
  return true;
}

void warp_barrier(unsigned mask, Site site) {
  WarpBarrier mine{{complete_barrier, mask, site}};
  meet(mine);
}

std::uint64_t shuffle(Shuffle kind, unsigned mask, std::uint64_t value, int operand, int width,
                      Site site) {
  ShuffleOperands mine{{complete_shuffle, mask, site}, kind, value, operand, width, value};
  meet(mine);
  return mine.result;
}

unsigned ballot(unsigned mask, int predicate, Site site) {
  BallotOperands mine{{complete_ballot, mask, site}, predicate, 0};
  meet(mine);
  return mine.result;
}

}  // namespace aiops::simt
