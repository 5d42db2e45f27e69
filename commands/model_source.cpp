// SPDX-License-Identifier: Apache-2.0
#include "commands/model_source.hpp"

#include "base/error.hpp"
#include "pack/delta/layers.hpp"
#include "train/model/adapter_directory.hpp"

#include <filesystem>

namespace aiops::commands {

namespace fs = std::filesystem;

ModelSource open_model_source(const std::string& model, const RegistryAccess& registry,
                              Context& context) {
  std::error_code ignored;
  if (fs::is_directory(model, ignored))
    return {nullptr, train::ModelFiles::in_directory(model), {}};
  if (model.ends_with(".gguf")) return {nullptr, train::ModelFiles::of_file(model), {}};
  const auto reference = pack::Reference::parse(model);
  if (reference.kind == pack::Reference::Kind::directory)
    return {nullptr, train::ModelFiles::in_directory(reference.path), {}};
  if (reference.kind == pack::Reference::Kind::registry)
    throw Error(ExitCode::usage, model + ": is in a registry",
                "aiops pull " + model + " -d DIR, and name DIR instead");
  const std::shared_ptr repository = open_repository(reference, Access::read, registry, context);
  const auto document = commands::resolve(*repository, reference);
  if (!pack::is_manifest(document.descriptor.media_type))
    throw Error(ExitCode::failed, model + ": is an index, not a model");
  const auto manifest = pack::Manifest::parse(document.bytes, model);
  if (pack::has_deltas(manifest))
    throw Error(ExitCode::failed, model + ": holds differences, which cannot be read in place",
                "aiops checkpoint pull " + model + " -d run, and name run/step-N instead");
  auto files = train::ModelFiles::in_artifact(*repository, manifest, model);
  return {repository, std::move(files), document.descriptor.digest.str()};
}

train::LoadedModel load_source(const ModelSource& source, const RegistryAccess& registry,
                               ThreadPool& threads, Context& context) {
  if (!train::is_adapter(source.files)) return train::load_model(source.files, threads);
  const std::string base = train::read_adapter_config(source.files).base;
  if (base.empty())
    throw Error(ExitCode::failed, source.files.name() + ": does not name the base of its adapters");
  return train::load_adapted(open_model_source(base, registry, context).files, source.files,
                             threads);
}

}  // namespace aiops::commands
