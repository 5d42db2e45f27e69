// SPDX-License-Identifier: Apache-2.0
#include "bench/team.hpp"

#include "base/error.hpp"

#include <sched.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace aiops::bench {
namespace {

constexpr int kSpins = 20'000;  // some 0.2 ms: from one sample to the next

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ::sched_setaffinity(0, sizeof set, &set);  // best effort: an unpinned member still works
}

// Where a thread may run when it leads no team. Several can live at a time, and end in any order.
struct Leading {
  std::size_t teams = 0;
  cpu_set_t before{};
};
thread_local Leading leading;

}  // namespace

std::vector<int> usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (leading.teams > 0)
    set = leading.before;
  else if (::sched_getaffinity(0, sizeof set, &set) != 0)
    return {0};
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  return cpus;
}

struct Team::State {
  const std::function<void(std::size_t)>* work = nullptr;
  std::atomic<std::uint64_t> generation{0};
  std::atomic<std::size_t> busy{0};
  std::atomic<bool> stopping{false};
  std::vector<std::thread> members;

  void serve(std::size_t member, int cpu) {
    pin(cpu);
    for (std::uint64_t seen = 0;;) {
      for (int spin = 0; spin < kSpins && generation.load() == seen; ++spin) relax();
      generation.wait(seen);
      seen = generation.load();
      if (stopping) return;
      (*work)(member);
      busy.fetch_sub(1);
    }
  }
};

Team::Team(std::size_t members) : state_(std::make_unique<State>()) {
  const std::vector<int> cpus = usable_cpus();
  if (members == 0 || members > cpus.size())
    throw Error(ExitCode::usage, std::to_string(members) + " threads on " +
                                     std::to_string(cpus.size()) +
                                     " usable CPUs would measure the scheduler");
  if (leading.teams++ == 0) ::sched_getaffinity(0, sizeof leading.before, &leading.before);
  for (std::size_t i = 1; i < members; ++i)
    state_->members.emplace_back([s = state_.get(), i, cpu = cpus[i]] { s->serve(i, cpu); });
  pin(cpus[0]);
}

Team::~Team() {
  state_->stopping = true;
  state_->generation.fetch_add(1);
  state_->generation.notify_all();
  for (auto& member : state_->members) member.join();
  if (--leading.teams == 0) ::sched_setaffinity(0, sizeof leading.before, &leading.before);
}

std::size_t Team::size() const { return state_->members.size() + 1; }

void Team::run(const std::function<void(std::size_t)>& work) {
  State& s = *state_;
  if (!s.members.empty()) {
    s.work = &work;
    s.busy = s.members.size();
    s.generation.fetch_add(1);
    s.generation.notify_all();
  }
  work(0);
  while (s.busy.load() != 0) relax();
}

void Team::wake() {
  run([](std::size_t) {});
}

}  // namespace aiops::bench
