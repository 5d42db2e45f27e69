// SPDX-License-Identifier: Apache-2.0
// Where a value comes from when no flag gives it (DESIGN section 5): environment, project, user,
// system, default. The keys that exist are those that flags declare.
#pragma once

#include "cli/environment.hpp"
#include "cli/settings.hpp"
#include "cli/verb.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aiops {

inline constexpr const char* kDefaultOrigin = "default";

// One configuration key, as the first flag that uses it declares it.
struct Setting {
  std::string key;
  const Flag* flag = nullptr;
};

// Every key of a verb and the verbs below it, sorted.
std::vector<Setting> all_settings(const Verb& root);

// "registry.jobs" -> "AIOPS_REGISTRY_JOBS".
std::string environment_name(std::string_view key);

// A second name that is shorter to type, or empty: AIOPS_STORE for store.path.
std::string short_environment_name(std::string_view key);

struct ConfigurationFiles {
  std::filesystem::path system;                  // /etc/aiops/config.yaml
  std::filesystem::path user;                    // $XDG_CONFIG_HOME/aiops/config.yaml, or --config
  std::optional<std::filesystem::path> project;  // the nearest aiops.yaml upwards
  bool user_is_required = false;                 // --config names a file that must exist
};

// The nearest aiops.yaml from `start` upwards; the search ends at the directory that holds .git and
// at `home`, both included.
std::optional<std::filesystem::path> find_project_file(const std::filesystem::path& start,
                                                       const std::filesystem::path& home);

// Reads the files and the environment. Throws Error{usage} that names file, line and column, or the
// environment variable, for bad YAML, unknown keys, values out of their choices, and keys that a
// project file may not set.
Settings resolve_settings(const std::vector<Setting>& known, const ConfigurationFiles& files,
                          const Environment& environment);

}  // namespace aiops
