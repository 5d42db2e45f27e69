// SPDX-License-Identifier: Apache-2.0
// `help` and the hidden `__docs`. They render the table that they are part of, so they live here
// and not in commands/, which knows nothing about terminals.
#pragma once

#include "cli/command_line.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"

#include <vector>

namespace aiops {

std::vector<Verb> verbs_about_verbs();

bool is_about_verbs(const Verb& verb);

// Runs one of them on the table in `line.path.front()`. Throws Error{usage} for an unknown topic.
void run_about_verbs(const CommandLine& line, Format format, const Style& style, std::size_t width);

}  // namespace aiops
