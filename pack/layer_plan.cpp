// SPDX-License-Identifier: Apache-2.0
// Every producer says differently where a layer's file belongs: ModelPack writers by
// org.cncf.model.filepath (KitOps in tars, where the names are inside), oras and AIKit by the OCI
// title, old Docker models and Ollama not at all, so that a name is made from the media type.
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "pack/media_type.hpp"
#include "pack/paths.hpp"
#include "pack/unpack.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>

namespace aiops::pack {
namespace {

constexpr std::string_view kOrasUnpack = "io.deis.oras.content.unpack";

bool has_annotation(const Descriptor& layer, std::string_view key, std::string_view value) {
  const auto found = layer.annotations.find(std::string(key));
  return found != layer.annotations.end() && found->second == value;
}

LayerPlan::Content content_of(const Descriptor& layer) {
  using Content = LayerPlan::Content;
  const std::string_view type = layer.media_type;
  const auto version = type.rfind(".v1.");
  const bool ours = type.starts_with(media_type::kModelPrefix) ||
                    type.starts_with("application/vnd.kitops.modelkit.");
  if (ours && version != std::string_view::npos) {
    const auto word = type.substr(version + 4);
    if (word == "tar" || word.starts_with("tar+")) return Content::tar;
    return word.starts_with("raw+") ? Content::compressed_file : Content::file;
  }
  if (type.starts_with("application/vnd.docker.ai."))
    return type.ends_with(".tar") ? Content::tar : Content::file;
  const bool image_layer = type.starts_with(media_type::kImageLayerTar) ||
                           type.starts_with("application/vnd.docker.image.rootfs.diff.tar");
  if (!image_layer) return Content::file;
  // oras files plain files under the image layer type, with a title; directories say so.
  if (has_annotation(layer, kOrasUnpack, "true")) return Content::tar;
  return file_path_of(layer).empty() ? Content::tar : Content::file;
}

// Names for layers whose producer gave none. `number` counts the layers of this type, `count` is
// how many there are.
std::string made_name(std::string_view type, std::size_t number, std::size_t count) {
  const auto shard = [&](const char* extension) {
    if (count == 1) return std::string("model.") + extension;
    std::array<char, 64> name{};
    std::snprintf(name.data(), name.size(), "model-%05zu-of-%05zu.%s", number, count, extension);
    return std::string(name.data());
  };
  const auto numbered = [&](const std::string& name) {
    return number == 1 ? name : name + "-" + std::to_string(number);
  };
  if (type.starts_with("application/vnd.docker.ai.gguf")) return shard("gguf");
  if (type == "application/vnd.docker.ai.safetensors") return shard("safetensors");
  if (type == "application/vnd.docker.ai.mmproj") return "model.mmproj";
  if (type == "application/vnd.docker.ai.chat.template.jinja") return "template.jinja";
  if (type == "application/vnd.docker.ai.license") return numbered("LICENSE");
  constexpr std::string_view kOllama = "application/vnd.ollama.image.";
  if (!type.starts_with(kOllama)) return {};
  const auto word = type.substr(kOllama.size());
  if (word == "model") return shard("gguf");
  if (word == "projector") return "model.mmproj";
  if (word == "license") return numbered("LICENSE");
  if (word == "params" || word == "messages") return std::string(word) + ".json";
  if (word == "template" || word == "system") return std::string(word) + ".txt";
  return word == "adapter" ? numbered("adapter.gguf") : std::string();
}

// The mode that the producer recorded: only whether the file may be run matters here.
bool is_executable(const Descriptor& layer) {
  const auto found = layer.annotations.find(std::string(annotation::kFileMetadata));
  if (found == layer.annotations.end()) return false;
  try {
    const Json value = parse_json(found->second, "file metadata", {.bytes = 16384, .depth = 4});
    const auto mode = value.is_object() ? value.find("mode") : value.end();
    return mode != value.end() && mode->is_number_unsigned() &&
           (mode->get<unsigned>() & 0100u) != 0;
  } catch (const Error&) {
    return false;  // a courtesy, and no reason to refuse the model
  }
}

std::string where(std::string_view what, std::size_t index, const Descriptor& layer) {
  return std::string(what) + ": layer " + std::to_string(index + 1) + " (" +
         layer.digest.short_form() + ")";
}

}  // namespace

std::vector<LayerPlan> plan_layers(const Manifest& manifest, std::string_view what) {
  std::map<std::string, std::size_t> counts, numbers;
  for (const auto& layer : manifest.layers)
    if (file_path_of(layer).empty()) ++counts[layer.media_type];
  std::vector<LayerPlan> plans;
  PathSet paths;
  for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
    const Descriptor& layer = manifest.layers[i];
    LayerPlan plan{layer, content_of(layer), FileKind::code, file_path_of(layer), false, false};
    const auto label = where(what, i, layer);
    if (plan.path.empty() && plan.content != LayerPlan::Content::tar) {
      plan.path =
          made_name(layer.media_type, ++numbers[layer.media_type], counts[layer.media_type]);
      if (plan.path.empty())
        throw Error(ExitCode::failed, label + " names no file, and its media type '" +
                                          printable(layer.media_type) + "' is unknown");
    }
    if (plan.content != LayerPlan::Content::tar) {
      check_relative_path(plan.path, label);
      paths.add(plan.path, label);
    }
    plan.kind = kind_of_layer(layer, plan.path);
    plan.executable = is_executable(layer);
    plan.kind_by_entry = plan.content == LayerPlan::Content::tar &&
                         !layer.media_type.starts_with(media_type::kModelPrefix) &&
                         !layer.media_type.starts_with("application/vnd.kitops.modelkit.");
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace aiops::pack
