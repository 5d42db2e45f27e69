// SPDX-License-Identifier: Apache-2.0
// The trainer's statement about what a directory holds, and its way to an artifact.
#pragma once

#include "cli/context.hpp"
#include "pack/repository.hpp"
#include "sign/key.hpp"
#include "train/checkpoint/manifest.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace aiops::commands {

// What the files of an artifact are, as the manifest of a checkpoint: the digests of whole layers
// are theirs.
train::CheckpointManifest files_of(const pack::Manifest& manifest, const std::string& name);

// The checkpoint beside `directory` whose model has the root `root`, hex: what OUT/model was
// published from. Nothing when there is none.
std::optional<std::filesystem::path> published_from(const std::filesystem::path& directory,
                                                    const std::string& root);

// The file with the statement about the artifact that was made of `directory`: a checkpoint's own,
// or that of the checkpoint which the model was published from. Nothing, and a warning where one
// could be expected, when none is about exactly these files.
std::optional<std::filesystem::path> provenance_of(const std::filesystem::path& directory,
                                                   const pack::Document& root, Context& context);

// Attaches the statement, signed, with the artifact's digest and the root of its layers among its
// subjects. What this key has attached already is not attached again.
void attach_provenance(pack::Repository& place, const pack::Document& root,
                       const std::filesystem::path& provenance, const sign::PrivateKey& key);

}  // namespace aiops::commands
