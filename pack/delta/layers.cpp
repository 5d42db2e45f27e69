// SPDX-License-Identifier: Apache-2.0
#include "pack/delta/layers.hpp"

#include "base/error.hpp"
#include "pack/file_kind.hpp"
#include "pack/formats/modelpack.hpp"
#include "pack/media_type.hpp"
#include "pack/paths.hpp"

#include <algorithm>
#include <charconv>

namespace aiops::pack {

namespace {

const std::string kPrefix = "vnd.aiops.checkpoint.delta.";
const std::string kPath = kPrefix + "path";
const std::string kDigest = kPrefix + "digest";
const std::string kSize = kPrefix + "size";
const std::string kBase = kPrefix + "base";

[[noreturn]] void refuse(std::string_view what, const Descriptor& layer, const std::string& why) {
  throw Error(ExitCode::failed,
              std::string(what) + ": layer " + layer.digest.short_form() + ": " + why);
}

std::string annotation_of(const Descriptor& layer, const std::string& key) {
  const auto found = layer.annotations.find(key);
  return found == layer.annotations.end() ? std::string() : found->second;
}

Digest digest_in(const Descriptor& layer, const std::string& key, std::string_view what) {
  const std::string text = annotation_of(layer, key);
  if (!Digest::is_valid(text) || !text.starts_with("sha256:"))
    refuse(what, layer, key + " is not a SHA-256 digest");
  return Digest::parse(text);
}

// The layer of a whole file, as `aiops checkpoint push` describes it: all of it follows from the
// path and the size.
Descriptor whole_layer(const DeltaLayer& says) {
  const SourceFile file{says.path, {}, kind_of_file(says.path, says.size), says.size, false};
  return {modelpack_media_type(file.kind, LayerEncoding::raw),
          says.whole,
          says.size,
          modelpack_annotations(file, LayerEncoding::raw),
          {}};
}

std::string short_hex(const Digest& digest) { return std::string(digest.hex().substr(0, 16)); }

}  // namespace

const std::string kWholeManifest = kPrefix + "whole";
const std::string kBaseManifest = kPrefix + "base";

std::optional<DeltaLayer> delta_layer(const Descriptor& layer, std::string_view what) {
  if (layer.media_type != media_type::kCheckpointDelta) return std::nullopt;
  DeltaLayer says{annotation_of(layer, kPath), digest_in(layer, kDigest, what), 0,
                  digest_in(layer, kBase, what)};
  const std::string size = annotation_of(layer, kSize);
  const auto [end, failure] = std::from_chars(size.data(), size.data() + size.size(), says.size);
  if (failure != std::errc() || end != size.data() + size.size() || says.size > INT64_MAX)
    refuse(what, layer, kSize + " is not a size");
  if (!says.path.empty()) check_relative_path(says.path, what);
  return says;
}

Descriptor describe_delta(const Digest& digest, std::uint64_t bytes, const DeltaLayer& says) {
  Descriptor layer{std::string(media_type::kCheckpointDelta), digest, bytes, {}, {}};
  const std::string name = says.path.empty() ? "base/" + short_hex(says.whole) : says.path;
  layer.annotations = {{std::string(annotation::kTitle), name + ".delta"},
                       {kDigest, says.whole.str()},
                       {kSize, std::to_string(says.size)},
                       {kBase, says.base.str()}};
  if (!says.path.empty()) layer.annotations[kPath] = says.path;
  return layer;
}

Descriptor describe_base(const Digest& digest, std::uint64_t size) {
  return {std::string(media_type::kCheckpointDeltaBase),
          digest,
          size,
          {{std::string(annotation::kTitle), "base/" + short_hex(digest)}},
          {}};
}

bool has_deltas(const Manifest& manifest) {
  return std::ranges::any_of(manifest.layers, [](const Descriptor& layer) {
    return layer.media_type == media_type::kCheckpointDelta;
  });
}

std::vector<Descriptor> whole_layers(const Manifest& manifest, std::string_view what) {
  std::vector<Descriptor> layers;
  for (const Descriptor& layer : manifest.layers) {
    if (layer.media_type == media_type::kCheckpointDeltaBase) continue;
    const auto says = delta_layer(layer, what);
    if (!says)
      layers.push_back(layer);
    else if (!says->path.empty())
      layers.push_back(whole_layer(*says));
  }
  return layers;
}

Document whole_manifest(const Manifest& manifest, std::string_view what) {
  Manifest whole = manifest;
  whole.artifact_type = media_type::kModelManifest;
  whole.layers = whole_layers(manifest, what);
  std::erase_if(whole.annotations,
                [](const auto& annotation) { return annotation.first.starts_with(kPrefix); });
  Document document = make_document(whole.to_bytes(), whole.media_type, whole.artifact_type);
  const auto said = manifest.annotations.find(kWholeManifest);
  if (said == manifest.annotations.end())
    throw Error(ExitCode::failed, std::string(what) + ": does not say " + kWholeManifest);
  if (said->second != document.descriptor.digest.str())
    throw verification_error(Reason::digest_mismatch,
                             std::string(what) + ": its files are not those of " + kWholeManifest);
  return document;
}

DeltaSteps::DeltaSteps(const Manifest& manifest, std::string what) : what_(std::move(what)) {
  for (const Descriptor& layer : manifest.layers) {
    Step step{layer, delta_layer(layer, what_)};
    const Digest becomes = step.becomes();
    makers_.try_emplace(becomes, std::move(step));
  }
}

std::vector<DeltaSteps::Step> DeltaSteps::to(const Digest& whole) const {
  std::vector<Step> steps;
  for (Digest wanted = whole;;) {
    const auto found = makers_.find(wanted);
    if (found == makers_.end())
      throw Error(ExitCode::not_found,
                  what_ + ": lacks " + wanted.short_form() + ", the base of a difference",
                  "push the checkpoint again: aiops checkpoint push OUT REF");
    const Step& step = found->second;
    const std::uint64_t size = step.delta ? step.delta->size : step.layer.size;
    if (!steps.empty() && size != steps.back().delta->size)
      throw Error(ExitCode::failed, what_ + ": layer " + steps.back().layer.digest.short_form() +
                                        ": its base has another size");
    steps.push_back(step);
    if (!step.delta) break;
    if (steps.size() > kMostDeltas)
      throw Error(ExitCode::failed, what_ + ": more than " + std::to_string(kMostDeltas) +
                                        " differences on top of each other");
    wanted = step.delta->base;
  }
  std::ranges::reverse(steps);
  return steps;
}

std::size_t DeltaSteps::depth() const {
  std::size_t depth = 0;
  for (const auto& [whole, step] : makers_)
    if (step.delta && !step.delta->path.empty()) depth = std::max(depth, to(whole).size() - 1);
  return depth;
}

}  // namespace aiops::pack
