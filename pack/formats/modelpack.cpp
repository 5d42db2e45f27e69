// SPDX-License-Identifier: Apache-2.0
#include "pack/formats/modelpack.hpp"

#include "base/json.hpp"
#include "pack/media_type.hpp"

#include <nlohmann/json.hpp>

namespace aiops::pack {
namespace {

void set(OrderedJson& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

const std::string& first_of(const std::string& stated, const std::string& found) {
  return stated.empty() ? found : stated;
}

OrderedJson file_metadata(const SourceFile& file) {
  OrderedJson metadata = OrderedJson::object();
  metadata["name"] = file.path;
  metadata["mode"] = file.executable ? 0755 : 0644;
  metadata["uid"] = 0;
  metadata["gid"] = 0;
  metadata["size"] = file.size;
  metadata["mtime"] = "1970-01-01T00:00:00Z";
  metadata["typeflag"] = 0;
  return metadata;
}

}  // namespace

std::string modelpack_media_type(FileKind kind, LayerEncoding encoding) {
  const char* word = encoding == LayerEncoding::raw   ? "raw"
                     : encoding == LayerEncoding::tar ? "tar"
                                                      : "tar+zstd";
  return std::string(media_type::kModelPrefix) + std::string(model_layer_word(kind)) + ".v1." +
         word;
}

Annotations modelpack_annotations(const SourceFile& file, LayerEncoding encoding) {
  Annotations annotations;
  annotations[std::string(annotation::kFilepath)] = file.path;
  annotations[std::string(annotation::kFileMetadata)] = to_text(file_metadata(file));
  if (encoding == LayerEncoding::raw) annotations[std::string(annotation::kTitle)] = file.path;
  return annotations;
}

std::string modelpack_config(const std::vector<PackedLayer>& layers, const ModelFile& model,
                             const ModelFacts& facts, std::string_view created) {
  OrderedJson descriptor = OrderedJson::object();
  set(descriptor, "createdAt", std::string(created));
  if (!model.authors.empty()) descriptor["authors"] = model.authors;
  set(descriptor, "family", first_of(model.family, facts.family));
  set(descriptor, "name", first_of(model.name, facts.name));
  set(descriptor, "version", model.version);
  const auto& licences = model.licences.empty() ? facts.licences : model.licences;
  if (!licences.empty()) descriptor["licenses"] = licences;
  set(descriptor, "description", model.description);

  OrderedJson modelfs = OrderedJson::object();
  modelfs["type"] = "layers";
  modelfs["diffIds"] = OrderedJson::array();
  for (const auto& layer : layers) modelfs["diffIds"].push_back(layer.diff_id.str());

  OrderedJson config = OrderedJson::object();
  set(config, "architecture", facts.architecture);
  set(config, "format", facts.format);
  if (facts.parameters > 0) config["paramSize"] = parameter_size(facts.parameters);
  set(config, "precision", facts.precision);
  set(config, "quantization", facts.quantization);

  OrderedJson whole = OrderedJson::object();
  whole["descriptor"] = std::move(descriptor);
  whole["modelfs"] = std::move(modelfs);
  whole["config"] = std::move(config);
  return to_text(whole);
}

Document modelpack_manifest(const std::vector<PackedLayer>& layers, const Descriptor& config) {
  Manifest manifest{std::string(media_type::kManifest),
                    std::string(media_type::kModelManifest),
                    config,
                    {},
                    std::nullopt,
                    {}};
  for (const auto& layer : layers) manifest.layers.push_back(layer.descriptor);
  return make_document(manifest.to_bytes(), media_type::kManifest, media_type::kModelManifest);
}

}  // namespace aiops::pack
