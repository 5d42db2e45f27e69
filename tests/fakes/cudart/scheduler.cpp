// SPDX-License-Identifier: Apache-2.0
// Streams are lists of steps; a step is a piece of work, a mark to reach, or a mark to wait for. A
// stream's steps keep their order, and nothing else orders anything.
#include "tests/fakes/cudart/scheduler.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace aiops::fakes {
namespace {

// Much longer than a living process lets another wait; a real stream would wait for ever.
constexpr int kMostLooks = 600'000;
constexpr std::chrono::microseconds kBetweenLooks{100};

bool overlap(const Range& a, const Range& b) {
  const auto* a_begin = static_cast<const std::byte*>(a.begin);
  const auto* b_begin = static_cast<const std::byte*>(b.begin);
  return a_begin < b_begin + b.bytes && b_begin < a_begin + a.bytes;
}

}  // namespace

Queue* Scheduler::create(int device) {
  queues_.emplace_back().device = device;
  return &queues_.back();
}

void Scheduler::destroy(Queue* queue) {
  finish(*queue);
  queues_.remove_if([queue](const Queue& one) { return &one == queue; });
}

bool Scheduler::is_live(const Queue* queue) const {
  return std::ranges::any_of(queues_, [queue](const Queue& one) { return &one == queue; });
}

bool Scheduler::captures() const { return std::ranges::any_of(queues_, &Queue::captures); }

void Scheduler::set_order(Order order, std::uint64_t seed) {
  order_ = order;
  chance_.seed(seed);
}

bool Scheduler::can_run(const Queue& queue) const {
  if (queue.steps.empty()) return false;
  if (const auto* await = std::get_if<Await>(&queue.steps.front())) return await->mark->reached;
  const auto* work = std::get_if<Work>(&queue.steps.front());
  return work == nullptr || !work->ready || work->ready();
}

void Scheduler::run_next(Queue& queue) {
  const Step step = std::move(queue.steps.front());
  queue.steps.pop_front();
  ++ticks_;
  if (const auto* work = std::get_if<Work>(&step)) {
    run_(*work);
  } else if (const auto* reach = std::get_if<Reach>(&step)) {
    reach->mark->reached = true;
    reach->mark->tick = ticks_;
  }
}

bool Scheduler::run_lazily(Queue& queue, const std::function<bool()>& done, Others others,
                           int depth) {
  for (int looks = 0; !done();) {
    if (queue.steps.empty() || depth > 64) return false;
    if (can_run(queue)) {
      run_next(queue);
      looks = 0;
      continue;
    }
    if (const auto* await = std::get_if<Await>(&queue.steps.front())) {
      const auto mark = await->mark;
      if (!run_lazily(
              *mark->queue, [&] { return mark->reached; }, others, depth + 1))
        return false;
    } else if (others == Others::are_not || ++looks > kMostLooks) {
      return false;
    } else {
      std::this_thread::sleep_for(kBetweenLooks);
    }
  }
  return true;
}

void Scheduler::run_others(const Queue& but) {
  for (bool any = true; any;) {
    any = false;
    for (auto queue = queues_.rbegin(); queue != queues_.rend(); ++queue)
      while (&*queue != &but && can_run(*queue)) {
        run_next(*queue);
        any = true;
      }
  }
}

void Scheduler::run_shuffled(const std::function<bool()>& done) {
  std::vector<Queue*> able;
  while (!done()) {
    able.clear();
    for (Queue& queue : queues_)
      if (can_run(queue)) able.push_back(&queue);
    if (able.empty()) return;
    run_next(*able[chance_() % able.size()]);
  }
}

void Scheduler::run_before(Queue& queue, const std::function<bool()>& done) {
  if (order_ == Order::eager) run_others(queue);
  if (order_ == Order::shuffled) run_shuffled(done);
}

void Scheduler::run_until(Queue& queue, const std::function<bool()>& done) {
  run_before(queue, done);
  if (!run_lazily(queue, done, Others::are_waited_for, 0))
    complain("streams wait for each other, or for a process that never comes");
}

void Scheduler::advance(Queue& queue) {
  const auto done = [&] { return queue.steps.empty(); };
  run_before(queue, done);
  run_lazily(queue, done, Others::are_not, 0);
}

void Scheduler::finish(Queue& queue) {
  run_until(queue, [&] { return queue.steps.empty(); });
}

void Scheduler::finish(const Mark& mark) {
  if (!mark.reached) run_until(*mark.queue, [&] { return mark.reached; });
}

std::size_t Scheduler::touching(const Range& range) const {
  std::size_t count = 0;
  for (const Queue& queue : queues_)
    for (const Step& step : queue.steps)
      if (const auto* work = std::get_if<Work>(&step))
        count += std::ranges::any_of(work->touches,
                                     [&](const Range& one) { return overlap(one, range); });
  return count;
}

}  // namespace aiops::fakes
