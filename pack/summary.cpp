// SPDX-License-Identifier: Apache-2.0
#include "pack/summary.hpp"

#include "base/error.hpp"
#include "pack/delta/layers.hpp"
#include "pack/media_type.hpp"

#include <nlohmann/json.hpp>

namespace aiops::pack {
namespace {

constexpr std::uint64_t kMostConfig = 4u << 20;

// A member as text, or nothing: other tools' configs owe us no types.
std::string text(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_number() ? found->dump() : std::string();
}

std::vector<std::string> texts(const Json& object, const char* key) {
  std::vector<std::string> result;
  if (!object.is_object()) return result;
  const auto found = object.find(key);
  if (found == object.end()) return result;
  if (found->is_string()) result.push_back(found->get<std::string>());
  if (found->is_array())
    for (const auto& one : *found)
      if (one.is_string()) result.push_back(one.get<std::string>());
  return result;
}

const Json& part(const Json& object, const char* key) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

void read_modelpack(const Json& value, Summary& summary) {
  const Json& descriptor = part(value, "descriptor");
  summary.name = text(descriptor, "name");
  summary.version = text(descriptor, "version");
  summary.family = text(descriptor, "family");
  summary.description = text(descriptor, "description");
  summary.created = text(descriptor, "createdAt");
  summary.licences = texts(descriptor, "licenses");
  summary.authors = texts(descriptor, "authors");
  const Json& config = part(value, "config");
  summary.architecture = text(config, "architecture");
  summary.format = text(config, "format");
  summary.parameters = text(config, "paramSize");
  summary.precision = text(config, "precision");
  summary.quantization = text(config, "quantization");
}

void read_kitops(const Json& value, Summary& summary) {
  const Json& package = part(value, "package");
  summary.name = text(package, "name");
  summary.version = text(package, "version");
  summary.description = text(package, "description");
  summary.licences = texts(package, "license");
  summary.authors = texts(package, "authors");
  const Json& model = part(value, "model");
  summary.format = text(model, "format");
  if (summary.format.empty()) summary.format = text(model, "framework");
}

void read_docker(const Json& value, Summary& summary) {
  const Json& config = part(value, "config");
  summary.format = text(config, "format");
  summary.parameters = text(config, "parameters");
  summary.quantization = text(config, "quantization");
  summary.family = text(config, "architecture");
  summary.created = text(part(value, "descriptor"), "created");
}

void read_ollama(const Json& value, Summary& summary) {
  summary.format = text(value, "model_format");
  summary.family = text(value, "model_family");
  summary.parameters = text(value, "model_type");
  summary.quantization = text(value, "file_type");
}

using Reader = void (*)(const Json&, Summary&);

// The kind of artifact, and how its config is read.
std::pair<std::string, Reader> kind_of(const Manifest& manifest) {
  const std::string& config = manifest.config.media_type;
  if (config == media_type::kModelConfig) return {"ModelPack", read_modelpack};
  if (config.starts_with("application/vnd.kitops.modelkit.config."))
    return {"ModelKit", read_kitops};
  if (config.starts_with("application/vnd.docker.ai.model.config."))
    return {"Docker model", read_docker};
  for (const auto& layer : manifest.layers)
    if (layer.media_type.starts_with("application/vnd.ollama.image."))
      return {"Ollama model", read_ollama};
  if (config == media_type::kImageConfig ||
      config == "application/vnd.docker.container.image.v1+json")
    return {"image", nullptr};
  return {manifest.effective_artifact_type(), nullptr};
}

}  // namespace

Summary summarize(Repository& repository, const Manifest& manifest) {
  Summary summary;
  const auto [type, reader] = kind_of(manifest);
  summary.type = type;
  summary.layers = manifest.layers.size();
  if (has_deltas(manifest)) summary.type = "checkpoint delta";
  for (const auto& layer : whole_layers(manifest, "manifest"))
    if (__builtin_add_overflow(summary.size, layer.size, &summary.size)) summary.size = ~0ull;
  if (reader == nullptr) return summary;
  const auto bytes = read_blob(repository, manifest.config, kMostConfig);
  try {
    reader(parse_json(bytes, "config", {.bytes = kMostConfig}), summary);
  } catch (const Error&) {  // not JSON: then it says nothing
  }
  return summary;
}

}  // namespace aiops::pack
