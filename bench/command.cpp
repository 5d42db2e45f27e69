// SPDX-License-Identifier: Apache-2.0
#include "bench/command.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "bench/record.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

extern char** environ;

namespace aiops::bench {
namespace {

std::int64_t nanoseconds(const timeval& t) {
  return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_usec * std::int64_t{1000};
}

bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::strchr("_-./=:,+@%", c) != nullptr;
}

std::string last_line(std::string text) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text.substr(text.find_last_of('\n') + 1);
}

}  // namespace

// Files in memory, so that a command that talks much waits for no reader.
struct Command::Streams {
  Fd nothing = open_file("/dev/null", O_RDWR);
  Fd talk{::memfd_create("standard-error", MFD_CLOEXEC)};

  std::string said() const {
    constexpr std::size_t kMost = 4096;
    const std::uint64_t size = file_size(talk.get(), "standard error");
    std::string text(std::min<std::uint64_t>(size, kMost), '\0');
    pread_fully(talk.get(), std::as_writable_bytes(std::span(text)), size - text.size(),
                "standard error");
    return text;
  }
};

Command::Command(std::string side, std::vector<std::string> words, const StopFlag& stop)
    : side_(std::move(side)),
      words_(std::move(words)),
      stop_(stop),
      streams_(std::make_unique<Streams>()) {
  if (!streams_->talk) throw system_error("cannot make a file in memory", errno);
}
Command::~Command() = default;

int Command::start() {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, streams_->nothing.get(), 0);
  ::posix_spawn_file_actions_adddup2(&actions, streams_->nothing.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, streams_->talk.get(), 2);
  std::vector<char*> argv;
  for (std::string& word : words_) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int error =
      ::posix_spawnp(&pid, words_[0].c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw Error(ExitCode::failed, "cannot start " + side_ + ", '" + printable(words_[0]) +
                                      "': " + std::strerror(error));
  return pid;
}

void Command::run() {
  if (::ftruncate(streams_->talk.get(), 0) != 0 ||
      ::lseek(streams_->talk.get(), 0, SEEK_SET) != 0)  // the command shares our offset
    throw system_error("cannot empty a file in memory", errno);
  const pid_t pid = start();
  int status = 0;
  rusage usage{};
  bool passed_on = false;
  while (::wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
    if (stop_.requested() && !passed_on) ::kill(pid, stop_.signal());
    passed_on = stop_.requested();
  }
  stop_.check();  // a terminal told the command too: it did not fail
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    cpu_ns_ += nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
    ++runs_;
    return;
  }
  const std::string how = WIFSIGNALED(status)
                              ? "was ended by signal " + std::to_string(WTERMSIG(status))
                              : "ended with " + std::to_string(WEXITSTATUS(status));
  const std::string said = last_line(streams_->said());
  throw Error(ExitCode::failed,
              side_ + ", '" + printable(shell_words(words_)) + "', " + how +
                  (said.empty() ? "" : ": " + printable(said.substr(0, 200))),
              "run it by itself: " + printable(shell_words(words_)));
}

std::string shell_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) {
      text += word;
      continue;
    }
    text += '\'';
    for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
    text += '\'';
  }
  return text;
}

Group command_group(const std::shared_ptr<Command>& command, Clock clock) {
  Group group;
  group.cases.push_back({[command] { command->run(); }});
  if (clock == Clock::cpu) group.cases[0].clock = [command] { return command->cpu_ns(); };
  group.describe = [command, clock](const std::vector<Samples>& samples) {
    Measurement result;
    Json words = Json::array();
    for (const std::string& word : command->words()) words.push_back(printable(word));
    result.workload = {
        {"kind", "command"}, {"params", {{"command", printable(shell_words(command->words()))}}},
        {"dtype", "none"},   {"command", words},
        {"flops", nullptr},  {"bytes_min", nullptr}};
    result.engine = {
        {"name", "process"}, {"version", nullptr}, {"backend", "cpu"}, {"flags", Json::object()}};
    result.samples = samples[0];
    const bool wall = clock == Clock::wall;
    result.timer = wall ? "host" : "cpu";
    result.rate = {wall ? "wall_ms" : "cpu_ms", "ms", 1e6, Rate::Better::lower};
    const auto runs = static_cast<double>(std::max<std::size_t>(1, command->runs()));
    result.counters = {{"cpu_ms_per_call", static_cast<double>(command->cpu_ns()) * 1e-6 / runs}};
    return std::vector<Measurement>{result};
  };
  return group;
}

}  // namespace aiops::bench
