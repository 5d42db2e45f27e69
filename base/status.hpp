// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace aiops {

// What is going on, for the person who waits: goes to stderr. Low rooms talk to this interface and
// never know whether a terminal, a log or nobody listens. All calls are safe from several threads.
class Status {
 public:
  enum class Unit { bytes, items };

  virtual ~Status() = default;

  virtual void step(std::string_view what) = 0;    // one line by default: "pushed 3 blobs, 1.2 GiB"
  virtual void detail(std::string_view what) = 0;  // one line with -v
  virtual void debug(
      std::string_view what) = 0;  // one line with --debug; secrets must already be masked
  virtual void warn(std::string_view what) = 0;  // one line, always: "aiops: warning: …"

  // One task at a time has a total and moves. `total` 0: unknown. Prefer Task below.
  virtual void begin(std::string_view label, std::uint64_t total, Unit unit) = 0;
  virtual void advance(std::uint64_t amount) = 0;
  virtual void note(
      std::string_view text) = 0;  // a short text beside the bar: "loss 3.21 · 2.1k tok/s"
  virtual void end() = 0;
};

// A task from here to the end of the scope.
class Task {
 public:
  Task(Status& status, std::string_view label, std::uint64_t total,
       Status::Unit unit = Status::Unit::bytes)
      : status_(status) {
    status_.begin(label, total, unit);
  }
  ~Task() { status_.end(); }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  void advance(std::uint64_t amount) { status_.advance(amount); }
  void note(std::string_view text) { status_.note(text); }

 private:
  Status& status_;
};

// Says nothing.
class SilentStatus final : public Status {
 public:
  void step(std::string_view) override {}
  void detail(std::string_view) override {}
  void debug(std::string_view) override {}
  void warn(std::string_view) override {}
  void begin(std::string_view, std::uint64_t, Unit) override {}
  void advance(std::uint64_t) override {}
  void note(std::string_view) override {}
  void end() override {}
};

}  // namespace aiops
