// SPDX-License-Identifier: Apache-2.0
// Branches, the end, and what threads do together: barriers, shuffles, votes.
#include "kernels/cuda/layer/executor.hpp"
#include "tests/simt/ptx/site.hpp"
#include "tests/simt/ptx/table.hpp"
#include "tests/simt/runtime/machine.hpp"
#include "tests/simt/runtime/report.hpp"

namespace aiops::simt::ptx {
namespace {

void branch(Lane& lane, const Instruction& i) { lane.next = static_cast<std::size_t>(i.target); }
void leave(Lane& lane, const Instruction&) { lane.next = lane.function->code.size(); }
void trap(Lane& lane, const Instruction& i) {
  report(Fault::undefined, "the kernel traps");
  stop_launch();
  leave(lane, i);
}
void nothing(Lane&, const Instruction&) {}

// Barrier 0 of the whole block: the only one that CUDA C++ has words for.
bool is_barrier_0(Lane& lane, const Instruction& i, int k) {
  if (lane.get<std::uint32_t>(i, k) == 0) return true;
  report(Fault::launch, "only barrier 0 is known: " + i.text);
  stop_launch();
  return false;
}
void barrier(Lane& lane, const Instruction& i) {
  if (is_barrier_0(lane, i, 0)) block_barrier(site_of(lane, i));
}
template <Vote Kind>
void vote_of_predicates(Lane& lane, const Instruction& i) {
  if (!is_barrier_0(lane, i, 1)) return;
  const int result = block_vote(Kind, lane.predicate(i, 2) ? 1 : 0, site_of(lane, i));
  lane.set(i, 0, static_cast<std::uint32_t>(result));
}
void barrier_of_warp(Lane& lane, const Instruction& i) {
  warp_barrier(lane.get<std::uint32_t>(i, 0), site_of(lane, i));
}

// The third operand packs a segment's mask (bits 8 to 12) and the last lane in it.
template <Shuffle Kind>
std::uint32_t shuffled(Lane& lane, const Instruction& i, int k) {
  const auto packed = lane.get<std::uint32_t>(i, k + 2);
  const int width = 32 - static_cast<int>(packed >> 8U & 31U);
  return static_cast<std::uint32_t>(
      shuffle(Kind, lane.get<std::uint32_t>(i, k + 3), lane.get<std::uint32_t>(i, k),
              lane.get<std::int32_t>(i, k + 1), width, site_of(lane, i)));
}
template <Shuffle Kind>
void shuffle_value(Lane& lane, const Instruction& i) {
  lane.set(i, 0, shuffled<Kind>(lane, i, 1));
}
// And whether the source lay in the segment.
template <Shuffle Kind>
void shuffle_and_tell(Lane& lane, const Instruction& i) {
  const auto packed = lane.get<std::uint32_t>(i, 4);
  const int width = 32 - static_cast<int>(packed >> 8U & 31U);
  const auto operand = lane.get<std::int32_t>(i, 3);
  const int mine = machine.current->lane();
  const int begin = mine & ~(width - 1);
  const int source = Kind == Shuffle::up             ? mine - operand
                     : Kind == Shuffle::down         ? mine + operand
                     : Kind == Shuffle::exclusive_or ? mine ^ operand
                                                     : begin;
  const std::uint32_t result = shuffled<Kind>(lane, i, 2);
  lane.slot(i, 1) = source >= begin && source < begin + width ? 1 : 0;
  lane.set(i, 0, result);
}

unsigned ballot_of(Lane& lane, const Instruction& i) {
  return ballot(lane.get<std::uint32_t>(i, 2), lane.predicate(i, 1) ? 1 : 0, site_of(lane, i));
}
void vote_ballot(Lane& lane, const Instruction& i) { lane.set(i, 0, ballot_of(lane, i)); }
void vote_any(Lane& lane, const Instruction& i) {
  lane.slot(i, 0) = ballot_of(lane, i) != 0 ? 1 : 0;
}
void vote_all(Lane& lane, const Instruction& i) {
  lane.slot(i, 0) = ballot_of(lane, i) == lane.get<std::uint32_t>(i, 2) ? 1 : 0;
}

const Rule kRules[] = {
    {"bra[.uni]", branch, 0},
    {"ret[.uni]", leave, 0},
    {"exit", leave, 0},
    {"trap", trap, 0},
    {"bar.sync", barrier, 1},
    {"barrier.sync", barrier, 1},
    {"bar.red.popc.u32", vote_of_predicates<Vote::count>, 3},
    {"barrier.red.popc.u32", vote_of_predicates<Vote::count>, 3},
    {"bar.warp.sync", barrier_of_warp, 1},
    {"shfl.sync.idx.b32", shuffle_value<Shuffle::index>, 5},
    {"shfl.sync.up.b32", shuffle_value<Shuffle::up>, 5},
    {"shfl.sync.down.b32", shuffle_value<Shuffle::down>, 5},
    {"shfl.sync.bfly.b32", shuffle_value<Shuffle::exclusive_or>, 5},
    {"shfl.sync.idx.b32", shuffle_and_tell<Shuffle::index>, 6},
    {"shfl.sync.up.b32", shuffle_and_tell<Shuffle::up>, 6},
    {"shfl.sync.down.b32", shuffle_and_tell<Shuffle::down>, 6},
    {"shfl.sync.bfly.b32", shuffle_and_tell<Shuffle::exclusive_or>, 6},
    {"vote.sync.ballot.b32", vote_ballot, 3},
    {"vote.sync.any.pred", vote_any, 3},
    {"vote.sync.all.pred", vote_all, 3},
    // One thread runs at a time and memory is never reordered: nothing to wait for.
    {"membar.{cta,gl,sys}", nothing, 0},
    {"fence.{sc,acq_rel}.{cta,gpu,sys}", nothing, 0},
};

}  // namespace

std::span<const Rule> control_rules() { return kRules; }

}  // namespace aiops::simt::ptx
