// SPDX-License-Identifier: Apache-2.0
// What TAB offers. The hidden call `aiops __complete WORD… CURRENT` answers every shell with lines
// `value[\thelp]` and a last line `:<bits>`; the adaptors in completions/ turn that into what their
// shell wants. Words arrive as an argv and are never evaluated.
//
// The walk reads the words as the parser would (verbs, flags and their values, `--`, positionals by
// place) and offers what may stand where the last one does. It never touches the network, takes no
// lock, and stays silent about broken files.
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aiops {

// cobra's bits: their meaning is well tested.
enum Directive : unsigned {
  kError = 1,          // offer nothing at all
  kNoSpace = 2,        // the word goes on
  kNoFiles = 4,        // do not fall back to file names
  kFilesBySuffix = 8,  // file names; the items are the suffixes, without a dot
  kDirectories = 16,   // directory names
};

struct Candidate {
  std::string value;
  std::string help;
};

struct Completion {
  std::vector<Candidate> items;
  unsigned directive = kNoFiles;
};

// Where values come from.
struct CompletionPlace {
  const Verb* program;
  const Environment* environment;
  std::map<std::string, std::string, std::less<>> flags;  // values given so far: --store, -C
  std::vector<std::string> positionals;                   // words given so far
};

// `words` are those after `__complete`; the last one is being typed and may be empty.
Completion complete(const Verb& program, const std::vector<std::string>& words,
                    const Environment& environment);

// The values of one kind that begin with `prefix`.
Completion complete_value(Complete kind, const std::vector<std::string>& choices,
                          std::string_view suffixes, std::string_view prefix,
                          const CompletionPlace& place);

// One level of shell quoting removed: bash hands words over as they were typed.
std::string unquoted(std::string_view word);

// The answer as the adaptors read it. Items with control characters are left out.
std::string format_completion(const Completion& completion);

}  // namespace aiops
