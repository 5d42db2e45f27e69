// SPDX-License-Identifier: Apache-2.0
// What deleting a manifest from a registry takes with it, found out before anybody says yes.
#pragma once

#include "registry/remote_repository.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace aiops::commands {

struct DeletionPlan {
  pack::Document root;
  std::vector<std::string> tags;          // that name it
  std::size_t tags_not_asked = 0;         // too many to ask for each
  std::vector<pack::Document> referrers;  // of it, and of those
};

// Fills in `tags`: one HEAD for each tag of the repository, `jobs` at once, at most 256 of them.
void find_tags(registry::RemoteRepository& repository, std::size_t jobs, DeletionPlan& plan);

void find_referrers(pack::Repository& repository, DeletionPlan& plan);

}  // namespace aiops::commands
