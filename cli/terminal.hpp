// SPDX-License-Identifier: Apache-2.0
// The terminal: is there one, how wide, may it be coloured, and what does the person say.
#pragma once

#include "cli/context.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace aiops {

enum class When { automatic, always, never };

// Gives closed standard streams a file that cannot be used: else the next file opened gets their
// number, and what is said on standard error is written into it.
void occupy_standard_streams();

// AIOPS_FORCE_TTY and AIOPS_FORCE_COLUMNS exist for the tests only.
bool is_terminal(int fd, const Environment& environment);
std::size_t columns(int fd, const Environment& environment);

// Precedence: --color, NO_COLOR (any value), CLICOLOR_FORCE other than 0, CLICOLOR=0, TERM empty or
// dumb, then whether this very stream is a terminal.
bool may_color(When color, int fd, const Environment& environment);

// SGR sequences, or nothing at all.
struct Style {
  bool on = false;
  std::string bold(std::string_view text) const { return paint("1", text); }
  std::string faint(std::string_view text) const { return paint("2", text); }
  std::string error(std::string_view text) const { return paint("1;31", text); }
  std::string warning(std::string_view text) const { return paint("1;33", text); }
  std::string good(std::string_view text) const { return paint("32", text); }

 private:
  std::string paint(const char* code, std::string_view text) const;
};

// Writes everything to `fd`. Throws ClosedOutput when the reader went away, Error{failed} when the
// disk is full.
struct ClosedOutput {};
void write_out(int fd, std::string_view bytes);

// Reads one line without echo from the terminal; the terminal's mode is restored also when a signal
// ends the program. Throws Error{usage} with `mend` when stdin is not a terminal.
std::string ask_secret(std::string_view prompt, std::string_view mend,
                       const Environment& environment);

// Throws Error{usage} naming --yes when stdin is not a terminal.
bool ask_yes(std::string_view question, const Environment& environment);

// Asks for `name` to be typed.
bool ask_name(std::string_view question, std::string_view name, const Environment& environment);

// What standard input has next, at most `most` bytes; empty at its end.
std::string read_more_input(std::size_t most);

// Reads standard input whole. Throws Error{usage} past `limit` bytes.
std::string read_standard_input(std::size_t limit);

}  // namespace aiops
