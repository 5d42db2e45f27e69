// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/arguments.hpp"
#include "cli/verb.hpp"

#include <string>
#include <vector>

namespace aiops {

// One command line, taken apart.
struct CommandLine {
  std::vector<const Verb*> path;  // the program, then the verb, then its subverb
  Arguments globals;
  Arguments arguments;  // of the last verb in `path`
  bool bare = false;    // a family, or the program, without a verb: show its help
};

// Parses `words` (argv without the program). Values of flags and positionals are only collected:
// what they mean is for the verb to say. `--help` and `--version` excuse what is missing. Throws
// Error{usage} with the nearest known word for unknown verbs and flags, for missing and surplus
// words, for flags without their value, and for values that are none of the choices.
CommandLine parse_command_line(const Verb& program, const std::vector<std::string>& words,
                               const Settings& settings);

}  // namespace aiops
