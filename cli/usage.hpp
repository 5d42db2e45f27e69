// SPDX-License-Identifier: Apache-2.0
// What is wrong with a command line, said in our words: one cause, and the nearest word that would
// have been right.
#pragma once

#include "cli/arguments.hpp"
#include "cli/verb.hpp"

#include <string>
#include <vector>

namespace aiops {

// "aiops store gc"
std::string full_name(const std::vector<const Verb*>& path);

// The flag that a word names ("--tag", "--tag=x", "-t"), looked up in the last verb and then in the
// program; null when none does.
const Flag* find_flag(const std::vector<const Verb*>& path, const std::string& word);

// Where a file may stand too, choices are offered only.
bool insists_on_choices(const Positional& positional);

// "REF", "[DIR]", "SUITE…"
std::string usage_of(const Positional& positional);

// `extras` are the words that nothing in `path` knows, in their order. Throws for the first unknown
// flag, else for the first word.
void refuse_unknown_words(const std::vector<const Verb*>& path,
                          const std::vector<std::string>& extras);

// The words ended where a flag wants its value, or a switch was given one.
[[noreturn]] void refuse_incomplete(const std::vector<const Verb*>& path,
                                    const std::vector<std::string>& words);

// A flag given twice that may stand once, and values that are none of the choices.
void check_flags(const Verb& verb, const Arguments& arguments);

// Gives the words to the verb's positionals by their arity. Throws for too few and too many.
void distribute_words(const std::vector<const Verb*>& path, const std::vector<std::string>& words,
                      Arguments& arguments);

}  // namespace aiops
