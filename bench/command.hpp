// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"
#include "bench/suite.hpp"

#include <memory>
#include <string>
#include <vector>

namespace aiops::bench {

// A program with its words, run again and again: from its start to its end is one call. It reads
// nothing, and what it prints is thrown away, but for the last line of its standard error, which
// says why it failed.
class Command {
 public:
  Command(std::string side, std::vector<std::string> words, const StopFlag& stop);
  ~Command();

  // Throws Error{failed} when it cannot be started, ends with another code than 0 or by a signal;
  // a stop is passed on to it and is then the Error.
  void run();

  const std::vector<std::string>& words() const { return words_; }
  // Of all runs that ended well.
  std::int64_t cpu_ns() const { return cpu_ns_; }
  std::size_t runs() const { return runs_; }

 private:
  struct Streams;
  int start();

  std::string side_;  // "A"
  std::vector<std::string> words_;
  const StopFlag& stop_;
  std::unique_ptr<Streams> streams_;
  std::int64_t cpu_ns_ = 0;
  std::size_t runs_ = 0;
};

// The words as a person would type them.
std::string shell_words(const std::vector<std::string>& words);

// What of a command is measured: from its start to its end, or what it computed meanwhile, which
// other programs that want the CPU do not lengthen, and waiting does not either.
enum class Clock { wall, cpu };

// A group of one case: the command.
Group command_group(const std::shared_ptr<Command>& command, Clock clock);

}  // namespace aiops::bench
