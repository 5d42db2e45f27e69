// SPDX-License-Identifier: Apache-2.0
// How the threads of a block take turns: a warp runs until all its lanes wait or have exited, then
// the next one; when every thread left waits at a barrier, the barrier opens.
#include "tests/simt/runtime/collective.hpp"
#include "tests/simt/runtime/machine.hpp"
#include "tests/simt/runtime/report.hpp"
#include "tests/simt/runtime/shared_memory.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>
#include <utility>

namespace aiops::simt {
namespace {

constexpr std::size_t kMostParameters = 4096;  // bytes, of a kernel

void run_source() {
  alignas(16) std::byte parameters[kMostParameters];  // on the thread's own stack
  const auto block = machine.launch->block_of_parameters;
  std::copy(block.begin(), block.end(), parameters);
  machine.launch->run(parameters);
}

void thread_main() {
  if (machine.options.engine == nullptr) {
    run_source();
  } else {
    machine.options.engine->run_thread(*machine.launch);
  }
  machine.current->state = State::exited;
  machine.current->fiber.leave();
}

void begin_block() {
  machine.block_start = ++machine.epoch;
  for (int warp = 0; warp < machine.warps(); ++warp) machine.clock(warp).reset();
  begin_block_shared();
  const Index size = machine.launch->block;
  for (int i = 0; i < machine.size; ++i) {
    Thread& thread = machine.thread(i);
    const auto n = static_cast<unsigned>(i);
    thread.index = {n % size.x, n / size.x % size.y, n / (size.x * size.y)};
    thread.state = State::ready;
    thread.collective = nullptr;
    thread.copies.clear();
    thread.fiber.start(thread_main);
  }
}

// Runs these threads until all of them wait or have exited. True: somebody ran.
bool run_group(const std::vector<int>& order, std::size_t begin, std::size_t end) {
  bool ran = false;
  for (bool again = true; again && !machine.stopped;) {
    again = false;
    for (std::size_t i = begin; i < end && !machine.stopped; ++i) {
      Thread& thread = machine.thread(order[i]);
      if (thread.state != State::ready) continue;
      machine.current = &thread;
      ++machine.counts.switches;
      thread.fiber.enter();
      machine.current = nullptr;
      again = ran = true;
    }
  }
  return ran;
}

int in_state(State state) {
  int count = 0;
  for (int i = 0; i < machine.size; ++i) count += machine.thread(i).state == state ? 1 : 0;
  return count;
}

void check_barrier_sites() {
  for (int i = 1; i < machine.size; ++i) {
    const Thread& one = machine.thread(i - 1);
    const Thread& two = machine.thread(i);
    if (one.warp() != two.warp() || one.state != State::at_barrier ||
        two.state != State::at_barrier)
      continue;
    if (one.site.line == two.site.line && one.site.column == two.site.column &&
        std::strcmp(one.site.file, two.site.file) == 0)
      continue;
    report(
        Fault::diverged,
        text("threads %d and %d of one warp wait at different barriers, %s:%u and %s:%u",
             one.number, two.number, one.site.file, one.site.line, two.site.file, two.site.line));
  }
}

// Threads that have exited do not hold up a barrier, as on sm_70 and later.
bool open_barrier() {
  const int waiting = in_state(State::at_barrier);
  if (waiting == 0 || waiting + in_state(State::exited) != machine.size) return false;
  check_barrier_sites();
  ++machine.epoch;
  for (int warp = 0; warp < machine.warps(); ++warp) machine.clock(warp).reset();
  machine.counted = std::exchange(machine.votes, 0);
  machine.waited = waiting;
  for (int i = 0; i < machine.size; ++i)
    if (machine.thread(i).state == State::at_barrier) machine.thread(i).state = State::ready;
  return true;
}

void report_deadlock() {
  std::map<std::string, int> places;
  for (int i = 0; i < machine.size; ++i) {
    const Thread& thread = machine.thread(i);
    if (thread.state == State::exited) {
      ++places["exited"];
    } else if (thread.state == State::at_barrier) {
      ++places[text("at the barrier %s:%u", thread.site.file, thread.site.line)];
    } else {
      const Collective& in = *thread.collective;
      ++places[text("in the collective %s:%u of mask %08x", in.site.file, in.site.line, in.mask)];
    }
  }
  std::string all;
  for (const auto& [place, count] : places)
    all += text("%s%d threads %s", all.empty() ? "" : ", ", count, place.c_str());
  report(Fault::deadlock, all);
}

}  // namespace

Site::Site(const std::source_location& at) : Site(at.file_name(), at.line(), at.column()) {}

void give_way() { machine.current->fiber.leave(); }

void stop_launch() {
  machine.stopped = true;
  if (machine.current == nullptr) return;  // before the first thread
  machine.current->state = State::exited;
  machine.current->fiber.leave();
}

void block_barrier(Site site) {
  machine.current->site = site;
  machine.current->state = State::at_barrier;
  give_way();
}

int block_vote(Vote vote, int predicate, Site site) {
  machine.votes += predicate != 0 ? 1 : 0;
  block_barrier(site);
  switch (vote) {
    case Vote::count:
      return machine.counted;
    case Vote::any:
      return machine.counted != 0 ? 1 : 0;
    case Vote::all:
      return machine.counted == machine.waited ? 1 : 0;
  }
  return 0;
}

void run_block() {
  begin_block();
  std::vector<int> order(static_cast<std::size_t>(machine.size));
  std::iota(order.begin(), order.end(), 0);
  if (machine.options.order == Order::reverse) std::reverse(order.begin(), order.end());
  while (in_state(State::exited) != machine.size) {
    if (machine.options.order == Order::random)  // groups mix the warps
      std::shuffle(order.begin(), order.end(), machine.random);
    bool progress = false;
    for (std::size_t begin = 0; begin < order.size(); begin += kLanes)
      progress |= run_group(order, begin, std::min<std::size_t>(begin + kLanes, order.size()));
    if (machine.stopped) return;
    if (!progress && !open_barrier()) {
      report_deadlock();
      machine.stopped = true;
      return;
    }
  }
}

}  // namespace aiops::simt
