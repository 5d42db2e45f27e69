// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/fakes/cudart/fake_cudart.hpp"

#include <deque>
#include <list>
#include <memory>
#include <random>
#include <variant>

namespace aiops::fakes {

struct Queue;

// A point in a queue that an event marks.
struct Mark {
  Queue* queue;
  bool reached = false;
  std::uint64_t tick = 0;  // when, in pieces of work done
};

struct Reach {
  std::shared_ptr<Mark> mark;
};
struct Await {
  std::shared_ptr<Mark> mark;
};
using Step = std::variant<Work, Reach, Await>;

// What a stream is.
struct Queue {
  int device = 0;
  std::deque<Step> steps;
  bool captures = false;
  std::vector<Work> recorded;
};

// Runs what is queued, in an order that streams and events allow.
class Scheduler {
 public:
  // `run` runs a piece of work.
  explicit Scheduler(std::function<void(const Work&)> run) : run_(std::move(run)) {}

  Queue* create(int device);
  void destroy(Queue* queue);
  bool is_live(const Queue* queue) const;
  bool captures() const;  // some stream does
  void set_order(Order order, std::uint64_t seed);

  void finish(Queue& queue);                       // all that it holds
  void advance(Queue& queue);                      // as far as no other process is waited for
  void finish(const Mark& mark);                   // up to the mark
  std::size_t touching(const Range& range) const;  // pieces of work that are still to run

 private:
  bool can_run(const Queue& queue) const;
  void run_next(Queue& queue);
  void run_others(const Queue& but);
  void run_shuffled(const std::function<bool()>& done);
  enum class Others { are_waited_for, are_not };  // other processes

  // Runs what `queue` needs until done; false: it waits for something that never comes.
  bool run_lazily(Queue& queue, const std::function<bool()>& done, Others others, int depth);
  void run_before(Queue& queue, const std::function<bool()>& done);
  void run_until(Queue& queue, const std::function<bool()>& done);

  std::function<void(const Work&)> run_;
  std::list<Queue> queues_;
  Order order_ = Order::lazy;
  std::mt19937_64 chance_;
  std::uint64_t ticks_ = 0;
};

}  // namespace aiops::fakes
