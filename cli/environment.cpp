// SPDX-License-Identifier: Apache-2.0
#include "cli/environment.hpp"

#include <cstdlib>

namespace aiops {
namespace {

namespace fs = std::filesystem;

fs::path absolute_or(const std::optional<std::string>& value, const fs::path& fallback) {
  if (value && fs::path(*value).is_absolute()) return *value;
  return fallback;
}

}  // namespace

std::optional<std::string> ProcessEnvironment::get(std::string_view name) const {
  // Nothing in the program changes the environment, so reading it is safe from any thread.
  const char* value = std::getenv(std::string(name).c_str());  // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Homes find_homes(const Environment& environment) {
  Homes homes;
  homes.home = absolute_or(environment.get("HOME"), ".");
  homes.config = absolute_or(environment.get("XDG_CONFIG_HOME"), homes.home / ".config") / "aiops";
  homes.data = absolute_or(environment.get("XDG_DATA_HOME"), homes.home / ".local/share") / "aiops";
  homes.state =
      absolute_or(environment.get("XDG_STATE_HOME"), homes.home / ".local/state") / "aiops";
  return homes;
}

}  // namespace aiops
