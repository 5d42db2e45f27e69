// SPDX-License-Identifier: Apache-2.0
#include "pack/model_file.hpp"

#include "base/error.hpp"
#include "base/yaml.hpp"

namespace aiops::pack {
namespace {

// "license: MIT", "licenses: [MIT, CC-BY-4.0]", and both with the other spelling.
std::vector<std::string> read_licences(YamlMap& root) {
  std::vector<std::string> licences;
  std::string first;
  for (const char* key : {"licence", "license", "licences", "licenses"}) {
    const bool given = root.has(key);
    if (given && !first.empty())
      throw Error(ExitCode::usage,
                  root.where(key) + ": '" + key + "' and '" + first + "' say the same thing");
    if (given) first = key;
    for (auto& licence : root.texts(key)) licences.push_back(std::move(licence));
  }
  return licences;
}

std::vector<std::pair<std::string, FileKind>> read_kinds(YamlMap kinds) {
  std::vector<std::pair<std::string, FileKind>> result;
  for (const auto& glob : kinds.keys()) {
    const auto word = kinds.text(glob).value_or("");
    try {
      result.emplace_back(glob, parse_file_kind(word));
    } catch (const Error& error) {
      throw Error(ExitCode::usage, kinds.where(glob) + ": " + error.message, error.mend);
    }
  }
  return result;
}

}  // namespace

ModelFile parse_model_file(std::string_view file, std::string_view text) {
  YamlMap root = YamlMap::load(file, text);
  ModelFile model;
  model.name = root.text("name").value_or("");
  model.version = root.text("version").value_or("");
  model.description = root.text("description").value_or("");
  model.family = root.text("family").value_or("");
  model.licences = read_licences(root);
  model.authors = root.texts("authors");
  model.include = root.texts("include");
  model.exclude = root.texts("exclude");
  model.kinds = read_kinds(root.map("kinds"));
  root.ignore("config");
  root.finish();
  return model;
}

}  // namespace aiops::pack
