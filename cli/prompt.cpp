// SPDX-License-Identifier: Apache-2.0
// Questions on the terminal. The mode that hides a secret must never outlive the program, so the
// fatal signals are held back while it is set and act right after it is restored.
#include "base/error.hpp"
#include "cli/signals.hpp"
#include "cli/terminal.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace aiops {
namespace {

constexpr std::size_t kLongestAnswer = 4096;

// Echo off from here to the end of the scope. While it lives, signals are noted and not acted on;
// the destructor restores the terminal first and then raises what was noted.
class EchoOff {
 public:
  EchoOff() {
    noted_ = 0;
    struct sigaction note {};
    note.sa_handler = [](int signal) { noted_ = signal; };
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &note, &before_[i]);
    if (::tcgetattr(STDIN_FILENO, &mode_) != 0) return;
    termios hidden = mode_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
  }
  ~EchoOff() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &mode_);
    for (std::size_t i = 0; i < kSignals.size(); ++i)
      ::sigaction(kSignals[i], &before_[i], nullptr);
    if (noted_ != 0) ::raise(noted_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

  static bool was_interrupted() { return noted_ != 0; }

 private:
  static constexpr std::array<int, 4> kSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  static inline volatile std::sig_atomic_t noted_ = 0;
  std::array<struct sigaction, 4> before_{};
  termios mode_{};
  bool changed_ = false;
};

// Whether there is input to read, or an end of it; false once a signal was noted. In short turns: a
// signal between the question and a blocking read would be noted and then waited past.
bool await_input(bool (*interrupted)()) {
  constexpr int kTurnMs = 50;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (!interrupted())
    if (::poll(&input, 1, kTurnMs) > 0) return true;
  return false;
}

// One line from standard input, without its newline. Stops early when a signal was noted.
std::string read_line(bool (*interrupted)()) {
  std::string line;
  char c = 0;
  while (line.size() < kLongestAnswer && await_input(interrupted)) {
    const ssize_t got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') break;
    line += c;
  }
  return line;
}

bool stop_requested() { return noted_stop().requested(); }

}  // namespace

std::string ask_secret(std::string_view prompt, std::string_view mend,
                       const Environment& environment) {
  if (!is_terminal(STDIN_FILENO, environment))
    throw Error(ExitCode::usage, "cannot ask for a secret: standard input is not a terminal",
                std::string(mend));
  std::string line;
  bool interrupted = false;
  {
    const EchoOff hidden;  // before the prompt: who sees it may type
    write_out(STDERR_FILENO, std::string(prompt) + ": ");
    line = read_line(&EchoOff::was_interrupted);
    interrupted = EchoOff::was_interrupted();
  }
  write_out(STDERR_FILENO, "\n");
  if (interrupted) throw Error(ExitCode::interrupted, "interrupted");
  return line;
}

namespace {

std::string ask(std::string_view question, std::string_view hint, const Environment& environment) {
  if (!is_terminal(STDIN_FILENO, environment))
    throw Error(ExitCode::usage,
                "cannot ask '" + std::string(question) + "': standard input is not a terminal",
                "say yes beforehand with --yes");
  write_out(STDERR_FILENO, std::string(question) + " " + std::string(hint) + " ");
  std::string answer = read_line(&stop_requested);
  noted_stop().check();
  return answer;
}

}  // namespace

bool ask_yes(std::string_view question, const Environment& environment) {
  const std::string answer = ask(question, "[y/N]", environment);
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes" || answer == "YES";
}

bool ask_name(std::string_view question, std::string_view name, const Environment& environment) {
  return ask(question, "Type " + std::string(name) + " to go on:", environment) == name;
}

std::string read_more_input(std::size_t most) {
  std::string bytes(most, '\0');
  while (true) {
    if (!await_input(&stop_requested)) noted_stop().check();
    const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error("cannot read standard input", errno);
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }
}

std::string read_standard_input(std::size_t limit) {
  constexpr std::size_t kBlock = 65536;
  std::string bytes;
  while (true) {
    const std::string more = read_more_input(kBlock);
    if (more.empty()) return bytes;
    if (bytes.size() + more.size() > limit)
      throw Error(ExitCode::usage,
                  "standard input is longer than " + std::to_string(limit) + " bytes");
    bytes += more;
  }
}

}  // namespace aiops
