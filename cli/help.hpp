// SPDX-License-Identifier: Apache-2.0
// Help pages for the terminal, and the pieces that man pages and markdown share with them.
#pragma once

#include "cli/terminal.hpp"
#include "cli/verb.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace aiops {

// The whole page of a verb, or of the program when `path` holds only that.
std::string help_page(const std::vector<const Verb*>& path, std::size_t width, const Style& style);

// What a bare `aiops` says: the verbs, and where to read on.
std::string short_help(const Verb& program, std::size_t width, const Style& style);

// "aiops push [FLAG]… REF [DST]"
std::string synopsis(const std::vector<const Verb*>& path);
// "-t, --tag REF"
std::string flag_heading(const Flag& flag);
// "Name of the artifact; one of a, b; default a; AIOPS_PACK_FORMAT, pack.format"
std::string flag_text(const Flag& flag);
std::string positional_text(const Positional& positional);
// The line to type. "$ " before a command line of several programs is for the source only.
std::string typed(const Example& example);
// A phrase as a sentence: first letter capital, full stop.
std::string sentence(std::string_view phrase);

// The visible verbs in their groups, in the order of the help page.
struct VerbGroup {
  std::string title;
  std::vector<const Verb*> verbs;
};
std::vector<VerbGroup> verb_groups(const Verb& program);

// Calls `visit` with the path of every visible verb, the program first, families before their
// verbs.
void for_each_verb(const Verb& program,
                   const std::function<void(const std::vector<const Verb*>&)>& visit);

}  // namespace aiops
