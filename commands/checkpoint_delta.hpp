// SPDX-License-Identifier: Apache-2.0
// `checkpoint push --delta`: which checkpoint of the destination a difference is taken to.
#pragma once

#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/repositories.hpp"
#include "pack/delta/artifact.hpp"
#include "pack/digest_memory.hpp"
#include "pack/workplace.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiops::commands {

struct DeltaOptions {
  enum class Wanted { no, yes };
  Wanted wanted = Wanted::no;
  std::string base;       // tag or digest of the destination's repository; empty: chosen
  std::size_t chain = 8;  // deltas on top of each other, at most
};

// --delta, --base, --chain
std::vector<Flag> delta_flags();
// Throws Error{usage} when --base lies elsewhere than `destination`.
DeltaOptions delta_options(const Arguments& arguments, const pack::Reference& destination);

// What is sent: the checkpoint whole, or as differences, with what these need while they are sent.
struct Outgoing {
  pack::Document manifest;
  std::unique_ptr<pack::Repository> source;
  std::optional<pack::DeltaCounts> delta;  // of a difference
  std::string base;                        // what it was taken to: a tag or a digest
  std::unique_ptr<pack::DigestMemory> digests;
  std::unique_ptr<pack::Workplace> workplace;
};

// `whole` as its difference to a checkpoint in `place`: the one that --base names, its parent, or
// else the newest one before it with shards of the same names and sizes. It stays whole, aloud,
// when there is none, when the chain would grow too long, or when no file gets smaller by it. Base
// files that lie beside `checkpoint` are not fetched. Keeps `place`.
Outgoing as_delta(pack::KnownArtifact whole, const std::filesystem::path& checkpoint,
                  pack::Repository& place, const DeltaOptions& options, Context& context);

}  // namespace aiops::commands
