// SPDX-License-Identifier: Apache-2.0
#include "commands/model_source.hpp"

#include "base/error.hpp"
#include "commands/directory_word.hpp"
#include "pack/delta/layers.hpp"
#include "train/model/adapter_directory.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kNameTheBase = "--base MODEL, a directory, a .gguf file or a reference";

// The base that adapters name may be on the machine where they were trained.
ModelSource open_named_base(const std::string& adapter, const std::string& base,
                            const RegistryAccess& registry, Context& context) {
  if (base.empty())
    throw Error(ExitCode::usage, adapter + ": does not name the base of its adapters",
                kNameTheBase);
  try {
    ModelSource source = open_model_source(base, registry, context);
    if (source.repository == nullptr) (void)train::StoredModel::open(source.files);
    return source;
  } catch (const Error& error) {
    throw Error(error.code, adapter + ": the base that it names cannot be read: " + error.message,
                kNameTheBase);
  }
}

}  // namespace

ModelSource open_model_source(const std::string& model, const RegistryAccess& registry,
                              Context& context) {
  if (is_directory_word(model)) return {nullptr, train::ModelFiles::in_directory(model), {}};
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

train::StoredModel UsedModel::stored() const {
  return train::StoredModel::open(model.files,
                                  adapter ? std::optional(adapter->files) : std::nullopt);
}

UsedModel open_used_model(const std::string& model, const std::string& base,
                          const RegistryAccess& registry, Context& context) {
  ModelSource source = open_model_source(model, registry, context);
  if (!train::is_adapter(source.files)) {
    if (!base.empty())
      throw Error(ExitCode::usage, model + ": holds no adapters, and so has no base",
                  "leave out --base");
    return {std::move(source), std::nullopt};
  }
  ModelSource below =
      base.empty()
          ? open_named_base(model, train::read_adapter_config(source.files).base, registry, context)
          : open_model_source(base, registry, context);
  return {std::move(below), std::move(source)};
}

Flag base_flag() {
  return {.name = "base",
          .value = "MODEL",
          .help = "Of adapters, the model below; else the one that they name",
          .complete = Complete::reference_or_directory};
}

}  // namespace aiops::commands
