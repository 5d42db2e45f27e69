// SPDX-License-Identifier: Apache-2.0
#include "pack/manifest.hpp"

#include "base/error.hpp"
#include "pack/json_members.hpp"
#include "pack/media_type.hpp"

#include <nlohmann/json.hpp>

namespace aiops::pack {
namespace {

constexpr std::size_t kMostDescriptors = 100'000;

Json parse_document(std::string_view bytes, std::string_view what) {
  Json value = parse_json(bytes, what);
  if (!value.is_object()) throw Error(ExitCode::failed, std::string(what) + ": not a JSON object");
  const auto version = value.find("schemaVersion");
  if (version == value.end() || !version->is_number_integer() || *version != 2)
    refuse_json(what, "schemaVersion", "is not 2");
  return value;
}

std::vector<Descriptor> descriptors(const Json& value, const char* member, std::string_view what) {
  const auto found = value.find(member);
  if (found == value.end() || !found->is_array()) refuse_json(what, member, "is not an array");
  if (found->size() > kMostDescriptors) refuse_json(what, member, "has more than 100,000 entries");
  std::vector<Descriptor> list;
  list.reserve(found->size());
  for (std::size_t i = 0; i < found->size(); ++i)
    list.push_back(Descriptor::from_json(
        (*found)[i], std::string(what) + ": " + member + "[" + std::to_string(i) + "]"));
  return list;
}

OrderedJson to_json(const std::vector<Descriptor>& list) {
  OrderedJson array = OrderedJson::array();
  for (const auto& descriptor : list) array.push_back(descriptor.to_json());
  return array;
}

}  // namespace

Document make_document(std::string bytes, std::string_view media_type,
                       std::string_view artifact_type) {
  Descriptor descriptor{
      std::string(media_type), sha256_of(bytes), bytes.size(), {}, std::string(artifact_type)};
  return {std::move(descriptor), std::move(bytes)};
}

Manifest Manifest::parse(std::string_view bytes, std::string_view what) {
  const Json value = parse_document(bytes, what);
  auto media_type = optional_string(value, "mediaType", what);
  // image-spec manifest.md: mediaType SHOULD be used; writers before 1.1 left it out.
  if (media_type.empty()) media_type = media_type::kManifest;
  if (!is_manifest(media_type)) refuse_json(what, "mediaType", "is not that of an image manifest");
  const auto config = value.find("config");
  if (config == value.end()) refuse_json(what, "config", "is missing");
  Manifest manifest{std::move(media_type),
                    optional_string(value, "artifactType", what),
                    Descriptor::from_json(*config, std::string(what) + ": config"),
                    descriptors(value, "layers", what),
                    std::nullopt,
                    annotations_member(value, what)};
  const auto subject = value.find("subject");
  if (subject != value.end() && !subject->is_null())
    manifest.subject = Descriptor::from_json(*subject, std::string(what) + ": subject");
  return manifest;
}

std::string Manifest::to_bytes() const {
  OrderedJson value = OrderedJson::object();
  value["schemaVersion"] = 2;
  value["mediaType"] = media_type;
  if (!artifact_type.empty()) value["artifactType"] = artifact_type;
  value["config"] = config.to_json();
  value["layers"] = to_json(layers);
  if (subject) value["subject"] = subject->to_json();
  if (!annotations.empty()) value["annotations"] = annotations;
  return to_text(value);
}

std::string Manifest::effective_artifact_type() const {
  return artifact_type.empty() ? config.media_type : artifact_type;
}

Index Index::parse(std::string_view bytes, std::string_view what) {
  const Json value = parse_document(bytes, what);
  const auto media_type = optional_string(value, "mediaType", what);
  if (!media_type.empty() && !is_index(media_type))
    refuse_json(what, "mediaType", "is not that of an image index");
  return {optional_string(value, "artifactType", what), descriptors(value, "manifests", what),
          annotations_member(value, what)};
}

std::string Index::to_bytes() const {
  OrderedJson value = OrderedJson::object();
  value["schemaVersion"] = 2;
  value["mediaType"] = media_type::kIndex;
  if (!artifact_type.empty()) value["artifactType"] = artifact_type;
  value["manifests"] = to_json(manifests);
  if (!annotations.empty()) value["annotations"] = annotations;
  return to_text(value);
}

std::optional<Digest> subject_of(const Document& document) {
  const auto what = "manifest " + document.descriptor.digest.short_form();
  const Json value = parse_json(document.bytes, what);
  const auto subject = value.is_object() ? value.find("subject") : value.end();
  if (subject == value.end() || subject->is_null()) return std::nullopt;
  return Descriptor::from_json(*subject, what + ": subject").digest;
}

bool is_index(std::string_view media_type) {
  return media_type == media_type::kIndex || media_type == media_type::kDockerManifestList;
}

bool is_manifest(std::string_view media_type) {
  return media_type == media_type::kManifest || media_type == media_type::kDockerManifest;
}

}  // namespace aiops::pack
