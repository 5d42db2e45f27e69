// SPDX-License-Identifier: Apache-2.0
#include "pack/descriptor.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "pack/json_members.hpp"
#include "pack/media_type.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace aiops::pack {
namespace {

std::uint64_t size_member(const Json& value, std::string_view what) {
  const auto found = value.find("size");
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (found == value.end() || !found->is_number_unsigned() || found->get<std::uint64_t>() > kMost)
    refuse_json(what, "size", "is not a number of bytes");
  return found->get<std::uint64_t>();
}

}  // namespace

OrderedJson Descriptor::to_json() const {
  OrderedJson value = OrderedJson::object();
  value["mediaType"] = media_type;
  value["digest"] = digest.str();
  value["size"] = size;
  if (!annotations.empty()) value["annotations"] = annotations;
  if (!artifact_type.empty()) value["artifactType"] = artifact_type;
  return value;
}

Descriptor Descriptor::from_json(const Json& value, std::string_view what) {
  if (!value.is_object()) throw Error(ExitCode::failed, std::string(what) + " is not an object");
  const auto digest = required_string(value, "digest", what);
  if (!Digest::is_valid(digest)) refuse_json(what, "digest", "is not a sha256 or sha512 digest");
  return Descriptor{required_string(value, "mediaType", what), Digest::parse(digest),
                    size_member(value, what), annotations_member(value, what),
                    optional_string(value, "artifactType", what)};
}

std::string file_path_of(const Descriptor& layer) {
  for (const auto key : {annotation::kFilepath, annotation::kTitle}) {
    const auto found = layer.annotations.find(std::string(key));
    if (found != layer.annotations.end()) return found->second;
  }
  return {};
}

std::string blob_name(const Descriptor& descriptor) {
  const auto path = file_path_of(descriptor);
  const auto digest = descriptor.digest.short_form();
  return path.empty() ? digest : printable(path) + " (" + digest + ")";
}

}  // namespace aiops::pack
