// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace aiops {

void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1) continue;
    // Open for the other direction, so its use still fails. The lowest free number is `fd`.
    ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

bool is_terminal(int fd, const Environment& environment) {
  if (const auto forced = environment.get("AIOPS_FORCE_TTY")) return *forced != "0";
  return ::isatty(fd) == 1;
}

std::size_t columns(int fd, const Environment& environment) {
  constexpr std::size_t kUsual = 80;
  for (const auto* name : {"AIOPS_FORCE_COLUMNS", "COLUMNS"}) {
    const auto forced = environment.get(name);
    if (!forced) continue;
    std::size_t value = 0;
    std::from_chars(forced->data(), forced->data() + forced->size(), value);
    if (value >= 1 && value <= 10'000) return value;
  }
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return kUsual;
}

bool may_color(When color, int fd, const Environment& environment) {
  if (color != When::automatic) return color == When::always;
  if (environment.get("NO_COLOR")) return false;  // no-color.org: any non-empty value
  if (const auto force = environment.get("CLICOLOR_FORCE"); force && force != "0") return true;
  if (environment.get("CLICOLOR") == "0") return false;
  const auto term = environment.get("TERM");
  if (!term || term == "dumb") return false;
  return is_terminal(fd, environment);
}

std::string Style::paint(const char* code, std::string_view text) const {
  if (!on) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

void write_out(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (errno == EPIPE) {
      throw ClosedOutput{};
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {  // somebody else's non-blocking pipe
      pollfd ready{fd, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      throw system_error("cannot write to standard output", errno);
    }
  }
}

}  // namespace aiops
