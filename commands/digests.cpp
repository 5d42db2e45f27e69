// SPDX-License-Identifier: Apache-2.0
#include "commands/digests.hpp"

namespace aiops::commands {

std::filesystem::path digest_memory_file(const Context& context) {
  return context.state_home.empty() ? context.state_home : context.state_home / "digests";
}

Flag rehash_flag() {
  return {.name = "rehash",
          .help = "Read every file, also those whose digests are remembered",
          .setting = "digests.rehash"};
}

pack::DigestMemory::Trust digest_trust(const Arguments& arguments) {
  using Trust = pack::DigestMemory::Trust;
  return arguments.is_on("rehash") ? Trust::no : Trust::yes;
}

}  // namespace aiops::commands
