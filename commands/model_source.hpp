// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/repositories.hpp"
#include "train/model/files.hpp"
#include "train/model/stored_model.hpp"

#include <memory>
#include <optional>
#include <string>

namespace aiops::commands {

// The files of a model, and what they are read from.
struct ModelSource {
  std::shared_ptr<pack::Repository> repository;  // none: a directory
  train::ModelFiles files;
  std::string digest;  // of an artifact's manifest, "sha256:…"; empty for a directory
};

// `model` is a directory, a file whose name ends in .gguf, or a reference to the local store, oci:
// or archive:, whose layers are read in place. Throws Error{usage} for a registry, which must be
// pulled first.
ModelSource open_model_source(const std::string& model, const RegistryAccess& registry,
                              Context& context);

// A model that is to be used: whole, or adapters (adapter_config.json) over their base.
struct UsedModel {
  ModelSource model;
  std::optional<ModelSource> adapter;

  train::StoredModel stored() const;
};

// `base` is what --base says: the model below the adapters that `model` names; empty: the one that
// their configuration names. Throws Error{usage} where `model` is whole and has no base.
UsedModel open_used_model(const std::string& model, const std::string& base,
                          const RegistryAccess& registry, Context& context);

// --base
Flag base_flag();

}  // namespace aiops::commands
