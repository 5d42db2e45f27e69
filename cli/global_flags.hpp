// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/output.hpp"
#include "cli/verb.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aiops {

class Arguments;

// The flags of DESIGN section 5 that stand before or after any verb.
std::vector<Flag> global_flags();

// The whole program as one verb: global flags, every verb of commands/, and the verbs about verbs.
Verb program_verb();

struct Globals {
  Format format = Format::text;
  Volume volume = Volume::normal;
  When color = When::automatic;
  ProgressMode progress = ProgressMode::automatic;
  bool yes = false;
  std::optional<std::filesystem::path> store;
};
Globals resolve_globals(const Arguments& arguments);

// What -o and --color ask for on a line that may not be parsable: how an error looks.
Format guess_format(const std::vector<std::string>& words, const Environment& environment);
When guess_color(const std::vector<std::string>& words, const Environment& environment);

}  // namespace aiops
