// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"
#include "cli/completion.hpp"
#include "cli/configuration.hpp"
#include "cli/text.hpp"
#include "cli/topics.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestIndex = 4u << 20;  // a larger one could not be read within 20 ms
constexpr std::size_t kMostEntries = 1000;         // of a directory

// A path as the verb would see it: relative to -C.
fs::path placed(const CompletionPlace& place, const fs::path& path) {
  const auto directory = place.flags.find("chdir");
  return directory == place.flags.end() ? path : fs::path(directory->second) / path;
}

// The store that the verb would use. A configuration that cannot be read counts as absent.
fs::path store_of(const CompletionPlace& place) {
  const auto given = place.flags.find("store");
  if (given != place.flags.end()) return placed(place, given->second);
  const Homes homes = find_homes(*place.environment);
  try {
    const auto config = place.flags.find("config");
    const ConfigurationFiles files{.system = "/etc/aiops/config.yaml",
                                   .user = config == place.flags.end()
                                               ? homes.config / "config.yaml"
                                               : placed(place, config->second),
                                   .project = std::nullopt};
    const Settings settings =
        resolve_settings(all_settings(*place.program), files, *place.environment);
    const auto value = settings.find("store.path");
    if (value && !value->value.empty()) return placed(place, value->value);
  } catch (const std::exception&) {
  }
  return homes.data / "store";
}

// The names in the store, read from its index.json as it is: the file is only ever replaced as a
// whole, so no lock is needed, and a store that is missing or broken has none.
std::vector<Candidate> store_names(const fs::path& store) {
  std::vector<Candidate> names;
  try {
    const Json index = parse_json(read_file(store / "index.json", kLargestIndex), "index.json",
                                  {.bytes = kLargestIndex});
    for (const auto& manifest : index.at("manifests")) {
      const auto annotations = manifest.find("annotations");
      if (annotations == manifest.end() || !annotations->is_object()) continue;
      const auto name = annotations->find("org.opencontainers.image.ref.name");
      if (name == annotations->end() || !name->is_string()) continue;
      const std::string digest = manifest.value("digest", "");
      names.push_back({name->get<std::string>(), digest.substr(0, 19)});
    }
  } catch (const std::exception&) {
    return {};
  }
  std::ranges::sort(names, {}, &Candidate::value);
  return names;
}

Completion suffixed(std::string_view suffixes) {
  Completion completion{{}, kFilesBySuffix};
  for (const auto& suffix : split(suffixes, ' '))
    if (suffix.size() > 1) completion.items.push_back({suffix.substr(1), ""});
  if (completion.items.empty()) completion.directive = 0;
  return completion;
}

bool ends_with_any(std::string_view name, std::string_view suffixes) {
  return std::ranges::any_of(split(suffixes, ' '), [&](std::string_view suffix) {
    return !suffix.empty() && name.ends_with(suffix);
  });
}

// "oci:models/" -> the entries of models/ that a layout, an archive or a directory may be, and
// files of those suffixes.
std::vector<Candidate> paths_after(const std::string& transport, std::string_view prefix,
                                   std::string_view suffixes, const CompletionPlace& place) {
  const std::string typed(prefix.substr(transport.size()));
  const auto slash = typed.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : typed.substr(0, slash + 1);
  std::vector<Candidate> found;
  std::error_code error;
  fs::directory_iterator entries(placed(place, parent.empty() ? fs::path(".") : fs::path(parent)),
                                 error);
  for (; !error && entries != fs::directory_iterator{} && found.size() < kMostEntries;
       entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    std::error_code ignored;
    if (entries->is_directory(ignored))
      found.push_back({transport + parent + name + "/", ""});
    else if (ends_with_any(name, transport == "archive:" ? ".tar" : suffixes))
      found.push_back({transport + parent + name, ""});
  }
  std::ranges::sort(found, {}, &Candidate::value);
  return found;
}

Completion references(std::string_view prefix, const CompletionPlace& place) {
  for (const auto* transport : {"oci:", "archive:", "dir:"})
    if (prefix.starts_with(transport)) return {paths_after(transport, prefix, {}, place), kNoFiles};
  // "./model", "/models/x": a verb that takes a reference or a directory
  if (prefix.starts_with('.') || prefix.starts_with('/') || prefix.starts_with('~'))
    return {{}, kDirectories};
  Completion completion{store_names(store_of(place)), kNoFiles};
  completion.items.push_back({"oci:", "an OCI image layout"});
  completion.items.push_back({"archive:", "an OCI image layout in a tar file"});
  completion.items.push_back({"dir:", "plain files"});
  return completion;
}

Completion references_and_directories(std::string_view prefix, std::string_view suffixes,
                                      const CompletionPlace& place) {
  Completion completion = references(prefix, place);
  if (completion.directive == kDirectories && !suffixes.empty()) return suffixed(suffixes);
  if (completion.directive == kDirectories || prefix.find(':') != std::string_view::npos)
    return completion;
  for (auto& entry : paths_after("", prefix, suffixes, place))
    if (!entry.value.starts_with('.')) completion.items.push_back(std::move(entry));
  return completion;
}

Completion topic_or_verb(const CompletionPlace& place) {
  Completion completion;
  const Verb* verb = place.program;
  for (const auto& word : place.positionals) {
    const auto at = std::ranges::find(verb->verbs, word, &Verb::name);
    if (at == verb->verbs.end()) return completion;
    verb = &*at;
  }
  if (verb == place.program)
    for (const auto& topic : topics(*place.program))
      completion.items.push_back({topic.name, topic.summary});
  for (const auto& child : verb->verbs)
    if (!child.hidden) completion.items.push_back({child.name, child.summary});
  return completion;
}

}  // namespace

Completion complete_value(Complete kind, const std::vector<std::string>& choices,
                          std::string_view suffixes, std::string_view prefix,
                          const CompletionPlace& place) {
  Completion completion;
  if (!choices.empty()) {
    for (const auto& choice : choices) completion.items.push_back({choice, ""});
    return completion;
  }
  switch (kind) {
    case Complete::nothing:
    case Complete::choice:
      return completion;
    case Complete::file:
      return suffixed(suffixes);
    case Complete::directory:
      return {{}, kDirectories};
    case Complete::reference:
      return references(prefix, place);
    case Complete::reference_or_directory:
      return references_and_directories(prefix, suffixes, place);
    case Complete::store_tag:
      return {store_names(store_of(place)), kNoFiles};
    case Complete::private_key:
      return suffixed(".key");
    case Complete::public_key:
      return suffixed(".pub");
    case Complete::verb:
    case Complete::topic:
      return topic_or_verb(place);
    case Complete::config_key:
      for (const auto& setting : all_settings(*place.program))
        completion.items.push_back({setting.key, setting.flag->help});
      return completion;
  }
  return completion;
}

}  // namespace aiops
