// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "commands/repositories.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aiops::commands {

// What `sign` and `verify` are given: an artifact, or a directory or file on disk.
//
// `dir:PATH` and paths that look like one (they start with `/`, `./`, `../` or `~/`, end with `/`,
// or are `.` or `..`) are on disk; every other word is a reference, so that a name in the store
// means the same wherever one stands.
struct SignTarget {
  std::string word;
  std::optional<std::filesystem::path> path;
  std::optional<pack::Reference> reference;

  // Throws Error{usage} when it is neither, Error{not_found} when a path does not exist.
  static SignTarget parse(std::string_view word);
  // Opens the reference. Errors as open_repository() and resolve(), with the mend below.
  Opened open(Access access, const RegistryAccess& registry, Context& context) const;

 private:
  // `error` with the mend `dir:WORD` when it says not found (or that the word is no reference) and
  // there is such a thing on disk.
  Error explained(Error error) const;
};

}  // namespace aiops::commands
