// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "pack/repository.hpp"
#include "registry/mirrors.hpp"

#include <memory>
#include <vector>

namespace aiops::registry {

struct MirrorSource {
  std::unique_ptr<pack::Repository> repository;
  Mirror::PullFrom pull_from = Mirror::PullFrom::all;
};

// A repository that is read through its mirrors, in their order, and then from the registry itself.
// A mirror that is down, refuses, or sends wrong bytes is left alone from then on; one that only
// lacks something is asked again for the next thing. What is written goes to the registry.
std::unique_ptr<pack::Repository> open_mirrored(std::vector<MirrorSource> mirrors,
                                                std::unique_ptr<pack::Repository> registry,
                                                Status& status);

}  // namespace aiops::registry
