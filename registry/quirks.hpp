// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace aiops::registry {

// What is known of a registry by its host name, where it matters for a push. Sizes are bytes, 0
// says nothing.
struct Quirks {
  std::string_view name;       // as people call it; empty for hosts that we know nothing about
  std::string_view hosts;      // shell patterns, separated by spaces
  std::uint64_t piece;         // of a PATCH, where one PUT is refused
  std::uint64_t patch_limit;   // the largest PATCH that it takes
  std::uint64_t blob_limit;    // it refuses larger blobs
  std::string_view blob_note;  // why
  std::string_view create;     // how a repository is made: {repository}, {namespace} and {region}
};

std::span<const Quirks> quirk_table();  // the last row fits every host
const Quirks& quirks_of(std::string_view host);

// What to type before a push to a repository that has to exist; empty where pushing makes it.
std::string create_command(std::string_view host, std::string_view repository);

}  // namespace aiops::registry
