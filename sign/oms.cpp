// SPDX-License-Identifier: Apache-2.0
#include "sign/oms.hpp"

#include "base/encoding.hpp"
#include "pack/delta/layers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace aiops::sign {
namespace {

constexpr std::size_t kMaxResources = 200'000;

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
  throw Error(ExitCode::failed, std::string(what) + ": " + why);
}

// model-signing names the one file of a single-file model "."; the specification says its basename.
bool is_single_file(const std::vector<Resource>& resources) {
  return resources.size() == 1 && resources[0].name == ".";
}

void check_names(const std::vector<Resource>& resources, std::string_view what) {
  if (resources.empty()) refuse(what, "a model without files");
  std::set<std::string_view> names;
  for (const Resource& resource : resources) {
    if (!is_canonical_name(resource.name) && !is_single_file(resources))
      refuse(what, "the file name '" + printable(resource.name) + "' is not a plain relative path");
    if (!names.insert(resource.name).second)
      refuse(what, "the file name '" + printable(resource.name) + "' is there twice");
  }
}

const std::string& text_member(const Json& value, const char* name, std::string_view what) {
  const auto found = value.is_object() ? value.find(name) : value.end();
  if (!value.is_object() || found == value.end() || !found->is_string())
    refuse(what, std::string("the model statement has no text '") + name + "'");
  return found->get_ref<const std::string&>();
}

Resource parse_resource(const Json& value, std::string_view what) {
  const std::string& algorithm = text_member(value, "algorithm", what);
  if (algorithm != "sha256")
    refuse(what, "files hashed with '" + printable(algorithm) + "'; only sha256 is read");
  const std::string text = "sha256:" + text_member(value, "digest", what);
  if (!Digest::is_valid(text)) refuse(what, "a file's digest is not 64 lower-case hex digits");
  return {text_member(value, "name", what), Digest::parse(text)};
}

void check_serialization(const Json& serialization, std::string_view what) {
  const std::string& method = text_member(serialization, "method", what);
  if (method != "files")
    refuse(what, "files hashed by '" + printable(method) + "'; only whole files are read");
  const std::string& hash = text_member(serialization, "hash_type", what);
  if (hash != "sha256")
    refuse(what, "files hashed with '" + printable(hash) + "'; only sha256 is read");
}

std::vector<std::string> parse_ignore_paths(const Json& serialization) {
  std::vector<std::string> paths;
  const auto found = serialization.find("ignore_paths");
  if (found == serialization.end() || !found->is_array()) return paths;
  for (const Json& path : *found)
    if (path.is_string() && is_canonical_name(path.get_ref<const std::string&>()))
      paths.push_back(path.get<std::string>());
  return paths;
}

bool is_archive(std::string_view media_type) {
  for (std::string_view part : {".tar", "+tar", "+gzip", "+zstd", "+zip"})
    if (media_type.find(part) != std::string_view::npos) return true;
  return false;
}

}  // namespace

bool is_canonical_name(std::string_view name) {
  if (name.empty() || name.find('\0') != std::string_view::npos || !is_utf8(name)) return false;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

std::string oms_root(const std::vector<Resource>& resources) {
  Hasher hasher;
  for (const Resource& resource : resources) hasher.update(from_hex(resource.digest.hex()));
  return std::string(hasher.finish().hex());
}

std::string make_oms_statement(std::vector<Resource> resources, std::string_view model_name,
                               const std::vector<std::string>& ignore_paths) {
  std::sort(resources.begin(), resources.end(),
            [](const Resource& a, const Resource& b) { return a.name < b.name; });
  check_names(resources, model_name);
  OrderedJson list = OrderedJson::array();
  for (const Resource& resource : resources)
    list.push_back({{"name", resource.name},
                    {"algorithm", "sha256"},
                    {"digest", std::string(resource.digest.hex())}});
  OrderedJson serialization = {
      {"method", "files"}, {"hash_type", "sha256"}, {"allow_symlinks", false}};
  if (!ignore_paths.empty()) serialization["ignore_paths"] = ignore_paths;
  return make_statement({{std::string(model_name), {{"sha256", oms_root(resources)}}}},
                        kOmsPredicate,
                        {{"serialization", std::move(serialization)}, {"resources", list}});
}

OmsStatement parse_oms(const Statement& statement, std::string_view what) {
  if (statement.predicate_type != kOmsPredicate) refuse(what, "not a model statement");
  const Json& predicate = *statement.predicate;
  const auto serialization = predicate.find("serialization");
  const auto resources = predicate.find("resources");
  if (serialization == predicate.end() || resources == predicate.end() || !resources->is_array() ||
      resources->size() > kMaxResources)
    refuse(what, "the model statement lacks its serialization or resources");
  check_serialization(*serialization, what);

  OmsStatement oms;
  oms.ignore_paths = parse_ignore_paths(*serialization);
  for (const Json& resource : *resources) oms.resources.push_back(parse_resource(resource, what));
  check_names(oms.resources, what);
  oms.root = oms_root(oms.resources);
  if (statement.subjects.size() != 1 || !statement.is_about(Digest::parse("sha256:" + oms.root)))
    throw verification_error(Reason::bad_signature, std::string(what) +
                                                        ": the statement's subject is not the "
                                                        "root of the files it lists");
  return oms;
}

std::optional<std::vector<Resource>> resources_of(const pack::Manifest& manifest) {
  std::vector<Resource> resources;
  for (const pack::Descriptor& layer : pack::whole_layers(manifest, "manifest")) {
    const std::string name = pack::file_path_of(layer);
    if (is_archive(layer.media_type) || !is_canonical_name(name) ||
        layer.digest.algorithm() != "sha256")
      return std::nullopt;
    resources.push_back({name, layer.digest});
  }
  if (resources.empty()) return std::nullopt;
  return resources;
}

std::optional<std::vector<Resource>> resources_of(const pack::Document& root) {
  if (pack::is_index(root.descriptor.media_type)) return std::nullopt;
  return resources_of(pack::Manifest::parse(root.bytes, root.descriptor.digest.str()));
}

std::vector<Difference> differences(const std::vector<Resource>& listed,
                                    const std::vector<Resource>& found) {
  std::vector<Difference> mismatched;
  std::vector<Difference> missing;
  std::vector<Difference> extra;
  std::map<std::string_view, const Digest*> present;
  for (const Resource& resource : found)  // a name found twice must not hide one of the two
    if (!present.emplace(resource.name, &resource.digest).second)
      extra.push_back({Reason::extra_file, resource.name});
  for (const Resource& resource : listed) {
    const auto match = present.find(resource.name);
    if (match == present.end()) {
      missing.push_back({Reason::missing_file, resource.name});
      continue;
    }
    if (*match->second != resource.digest)
      mismatched.push_back({Reason::digest_mismatch, resource.name});
    present.erase(match);
  }
  for (const auto& [name, digest] : present)
    extra.push_back({Reason::extra_file, std::string(name)});
  const auto by_name = [](const Difference& a, const Difference& b) { return a.name < b.name; };
  std::sort(mismatched.begin(), mismatched.end(), by_name);
  std::sort(missing.begin(), missing.end(), by_name);
  std::sort(extra.begin(), extra.end(), by_name);
  mismatched.insert(mismatched.end(), missing.begin(), missing.end());
  mismatched.insert(mismatched.end(), extra.begin(), extra.end());
  return mismatched;
}

}  // namespace aiops::sign
