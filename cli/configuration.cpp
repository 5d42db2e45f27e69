// SPDX-License-Identifier: Apache-2.0
#include "cli/configuration.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/spelling.hpp"
#include "base/yaml.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <map>

namespace aiops {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestFile = 1u << 20;

enum class Trust { full, project };

void collect(const Verb& verb, std::map<std::string, const Flag*>& found) {
  for (const auto& flag : verb.flags)
    if (!flag.setting.empty()) found.emplace(flag.setting, &flag);
  for (const auto& child : verb.verbs) collect(child, found);
}

// The word a switch understands, "true" or "false", or nothing.
std::optional<std::string> truth(std::string_view text) {
  for (const auto* word : {"true", "yes", "on", "1"})
    if (text == word) return "true";
  for (const auto* word : {"false", "no", "off", "0"})
    if (text == word) return "false";
  return std::nullopt;
}

// The value as Settings keep it. `where` names the place in a complaint.
std::string checked(const Setting& setting, const std::string& value, const std::string& where) {
  const Flag& flag = *setting.flag;
  if (flag.value.empty()) {
    if (const auto word = truth(value)) return *word;
    throw Error(ExitCode::usage, where + ": '" + setting.key + "' must be true or false");
  }
  if (!flag.choices.empty() && !flag.repeat && std::ranges::count(flag.choices, value) == 0)
    throw Error(ExitCode::usage, where + ": '" + setting.key + "' must be one of " +
                                     join(flag.choices, ", ") + ", not '" + printable(value) + "'");
  return value;
}

// The mapping of a key's section: "registry.jobs" is `jobs` below `registry`. Each section is asked
// for once, because YamlMap complains about the keys that nobody asked one object for.
class Sections {
 public:
  explicit Sections(YamlMap root) { maps_.emplace("", std::move(root)); }

  YamlMap& of(const std::string& section) {
    const auto at = maps_.find(section);
    if (at != maps_.end()) return at->second;
    const auto dot = section.rfind('.');
    const std::string parent = dot == std::string::npos ? "" : section.substr(0, dot);
    const std::string name = dot == std::string::npos ? section : section.substr(dot + 1);
    return maps_.emplace(section, of(parent).map(name)).first->second;
  }

 private:
  std::map<std::string, YamlMap> maps_;
};

void read_map(const std::vector<Setting>& known, const YamlMap& root, Trust trust,
              Settings& settings) {
  Sections sections(root);
  for (const auto& setting : known) {
    const auto dot = setting.key.rfind('.');
    YamlMap& section = sections.of(dot == std::string::npos ? "" : setting.key.substr(0, dot));
    const std::string name = setting.key.substr(dot + 1);
    if (!section.has(name)) {
      (void)section.text(name);  // a key that is known, though absent
      continue;
    }
    const std::string where = section.where(name);
    if (trust == Trust::project && setting.flag->reach == Reach::user)
      throw Error(ExitCode::usage, where + ": a project file may not set '" + setting.key + "'",
                  "set it in your own configuration, or with " + environment_name(setting.key));
    const std::string value = setting.flag->structured ? section.flow(name)
                              : setting.flag->repeat   ? join(section.texts(name), ",")
                                                       : section.text(name).value_or("");
    settings.set({setting.key, checked(setting, value, where), where});
  }
  root.finish();
}

// Nothing when the file does not exist. A file that is there and cannot be read is an error.
std::optional<std::string> read_if_there(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  return read_file(path, kLargestFile);
}

void read_environment(const std::vector<Setting>& known, const Environment& environment,
                      Settings& settings) {
  for (const auto& setting : known) {
    for (const auto& name : {short_environment_name(setting.key), environment_name(setting.key)}) {
      const auto value = name.empty() ? std::nullopt : environment.get(name);
      if (value) settings.set({setting.key, checked(setting, *value, name), "environment " + name});
    }
  }
}

}  // namespace

std::vector<Setting> all_settings(const Verb& root) {
  std::map<std::string, const Flag*> found;
  collect(root, found);
  std::vector<Setting> settings;
  for (const auto& [key, flag] : found) settings.push_back({key, flag});
  return settings;
}

std::string environment_name(std::string_view key) {
  std::string name = "AIOPS_";
  for (const char c : key) {
    const bool is_lower = c >= 'a' && c <= 'z';
    if (is_lower)
      name += static_cast<char>(c - 'a' + 'A');
    else
      name += c == '.' || c == '-' ? '_' : c;
  }
  return name;
}

std::string short_environment_name(std::string_view key) {
  return key == "store.path" ? "AIOPS_STORE" : "";
}

std::optional<fs::path> find_project_file(const fs::path& start, const fs::path& home) {
  std::error_code ignored;
  for (fs::path directory = start;; directory = directory.parent_path()) {
    const fs::path candidate = directory / "aiops.yaml";
    if (fs::is_regular_file(candidate, ignored)) return candidate;
    if (fs::exists(directory / ".git", ignored) || directory == home) return std::nullopt;
    if (directory == directory.parent_path()) return std::nullopt;
  }
}

Settings resolve_settings(const std::vector<Setting>& known, const ConfigurationFiles& files,
                          const Environment& environment) {
  Settings settings;
  for (const auto& setting : known)
    settings.set({setting.key, setting.flag->fallback, kDefaultOrigin});

  if (const auto text = read_if_there(files.system))
    read_map(known, YamlMap::load(files.system.string(), *text), Trust::full, settings);

  if (const auto text = read_if_there(files.user))
    read_map(known, YamlMap::load(files.user.string(), *text), Trust::full, settings);
  else if (files.user_is_required)
    throw Error(ExitCode::not_found, "configuration file " + files.user.string() + " is not there");

  if (files.project) {
    if (const auto text = read_if_there(*files.project)) {
      // The rest of aiops.yaml describes the model and is read by `pack`.
      YamlMap root = YamlMap::load(files.project->string(), *text);
      read_map(known, root.map("config"), Trust::project, settings);
    }
  }
  read_environment(known, environment, settings);
  return settings;
}

}  // namespace aiops
