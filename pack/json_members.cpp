// SPDX-License-Identifier: Apache-2.0
#include "pack/json_members.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <nlohmann/json.hpp>

namespace aiops::pack {

void refuse_json(std::string_view what, std::string_view member, std::string_view why) {
  throw Error(ExitCode::failed,
              std::string(what) + ": '" + printable(member) + "' " + std::string(why));
}

std::string required_string(const Json& object, const char* member, std::string_view what) {
  auto text = optional_string(object, member, what);
  if (text.empty()) refuse_json(what, member, "is missing or empty");
  return text;
}

std::string optional_string(const Json& object, const char* member, std::string_view what) {
  const auto found = object.find(member);
  if (found == object.end() || found->is_null()) return {};
  if (!found->is_string()) refuse_json(what, member, "is not a string");
  return found->get<std::string>();
}

Annotations annotations_member(const Json& object, std::string_view what) {
  const auto found = object.find("annotations");
  if (found == object.end() || found->is_null()) return {};
  if (!found->is_object()) refuse_json(what, "annotations", "is not an object");
  Annotations annotations;
  for (const auto& [key, value] : found->items()) {
    if (!value.is_string()) refuse_json(what, key, "is an annotation that is not a string");
    annotations.emplace(key, value.get<std::string>());
  }
  return annotations;
}

}  // namespace aiops::pack
