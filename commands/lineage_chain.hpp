// SPDX-License-Identifier: Apache-2.0
// The chain of statements from a checkpoint back to where its training began. Each statement names
// the root of its own files and of its parent's; links are made by these, never by names.
#pragma once

#include "cli/context.hpp"
#include "pack/repository.hpp"
#include "sign/key.hpp"
#include "train/checkpoint/provenance.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace aiops::commands {

struct LineageLink {
  std::string name;  // where it was found: "run/step-20", "HOST/run:step-20"
  std::string root;  // of the checkpoint's files
  train::Provenance provenance;
  std::string signer;  // key id, hex; empty: no trusted key signed the statement
};

// From the checkpoint in `directory`, whose files are all compared with their digests, through its
// parents beside it. Throws Error{unverified} when the statement is about other files.
std::vector<LineageLink> chain_in_directory(const std::filesystem::path& directory,
                                            Context& context);

// From a model that was published from a checkpoint beside it, OUT/model. Its files are all hashed.
// Throws Error{not_found} when no checkpoint there has these.
std::vector<LineageLink> chain_of_model(const std::filesystem::path& directory, Context& context);

// From the artifact `root` through the parents among the tags of its repository.
std::vector<LineageLink> chain_in_repository(pack::Repository& repository,
                                             const pack::Document& root, const std::string& name,
                                             const std::vector<sign::PublicKey>& keys,
                                             Context& context);

}  // namespace aiops::commands
