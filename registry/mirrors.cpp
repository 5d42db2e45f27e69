// SPDX-License-Identifier: Apache-2.0
#include "registry/mirrors.hpp"

#include "base/error.hpp"

namespace aiops::registry {
namespace {

// How much of "host/repository" a prefix names; nothing when it is no prefix of it.
std::optional<std::size_t> matched(const std::string& prefix, const Place& place) {
  const std::string name = place.host + "/" + place.repository;
  if (prefix.starts_with("*.")) {  // any host below a domain
    const bool below = place.host.size() > prefix.size() - 1 &&
                       place.host.ends_with(std::string_view(prefix).substr(1));
    return below ? std::optional(place.host.size()) : std::nullopt;
  }
  const bool whole =
      name.size() == prefix.size() || (name.size() > prefix.size() && name[prefix.size()] == '/');
  return !prefix.empty() && whole && name.starts_with(prefix) ? std::optional(prefix.size())
                                                              : std::nullopt;
}

}  // namespace

const MirrorRule* rule_for(const std::vector<MirrorRule>& rules, const Place& place) {
  const MirrorRule* best = nullptr;
  for (const auto& rule : rules)
    if (matched(rule.prefix, place) &&
        (best == nullptr || rule.prefix.size() > best->prefix.size()))
      best = &rule;
  return best;
}

Place moved(const Place& place, const MirrorRule& rule, const std::string& location) {
  if (location.empty()) return place;
  const std::string name = place.host + "/" + place.repository;
  const std::string whole = location + name.substr(matched(rule.prefix, place).value_or(0));
  const auto slash = whole.find('/');
  if (slash == std::string::npos || slash + 1 == whole.size())
    throw Error(ExitCode::usage,
                "the mirror location " + location + " leaves no repository for " + name);
  return {whole.substr(0, slash), whole.substr(slash + 1)};
}

}  // namespace aiops::registry
