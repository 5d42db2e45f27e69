// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "commands/repositories.hpp"
#include "train/generation/generator.hpp"
#include "train/model/files.hpp"

#include <memory>
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

// The model of a source, ready to use. Of an adapter directory (adapter_config.json) the base that
// it names is opened in the same way, and the adapters are laid over it.
train::LoadedModel load_source(const ModelSource& source, const RegistryAccess& registry,
                               ThreadPool& threads, Context& context);

}  // namespace aiops::commands
