// SPDX-License-Identifier: Apache-2.0
// The family `checkpoint`: what its verbs share is here, each verb has a file of its own.
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "pack/known_files.hpp"
#include "pack/manifest.hpp"
#include "pack/repository.hpp"
#include "train/checkpoint/provenance.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace aiops::commands {

Verb checkpoint_verb();
Verb checkpoint_ls_part();
Verb checkpoint_push_part();
Verb checkpoint_pull_part();
Verb checkpoint_diff_part();

// The checkpoint that a person means: OUT/step-N as it is; of OUT, its latest_checkpoint(). Throws
// not_found.
std::filesystem::path checkpoint_in(const std::filesystem::path& path);

// The checkpoint before it, as its provenance has it; nothing when it says none, or there is none.
std::optional<train::Parent> parent_of(const std::filesystem::path& checkpoint);

// What the manifest of a pushed checkpoint says of it, so that nothing else need be fetched to list
// many.
struct CheckpointNotes {
  std::int64_t step = 0;
  double loss = 0;
  std::optional<double> validation_loss;
  std::string root;    // of the checkpoint's files, as its provenance has it
  std::string parent;  // the root of the one before; empty: none
};
// Nothing when the artifact is no checkpoint, or says something else under the same keys.
std::optional<CheckpointNotes> notes_of(const pack::Manifest& manifest);

// A checkpoint behind a tag.
struct TaggedCheckpoint {
  std::string tag;
  pack::Document document;
  pack::Manifest manifest;
  CheckpointNotes notes;
};
// Nothing when there is none behind the tag. Throws not_found when there is no such tag.
std::optional<TaggedCheckpoint> tagged_checkpoint(pack::Repository& repository,
                                                  const std::string& tag);
// Shows the checkpoints behind the tags of a repository, the first 1000 of them, and says so when
// there are more.
void for_each_checkpoint(pack::Repository& repository, Context& context,
                         const std::function<void(TaggedCheckpoint)>& visit);

// The checkpoint as an artifact. Its files' sizes are compared with its manifest, their bytes are
// not read: the place that they are copied to hashes them.
pack::KnownArtifact describe_checkpoint(const std::filesystem::path& checkpoint, Context& context);

}  // namespace aiops::commands
