// SPDX-License-Identifier: Apache-2.0
#include "commands/mirror_settings.hpp"

#include "base/error.hpp"
#include "base/yaml.hpp"

namespace aiops::commands {
namespace {

std::string required(YamlMap& map, const char* key, const std::string& origin) {
  auto text = map.text(key);
  if (!text || text->empty())
    throw Error(ExitCode::usage, origin + ": an entry of registry.mirrors has no '" + key + "'");
  return *text;
}

registry::Mirror::PullFrom pull_from(YamlMap& map) {
  using PullFrom = registry::Mirror::PullFrom;
  const auto text = map.text("pull-from").value_or("all");
  if (text == "all") return PullFrom::all;
  if (text == "digest-only") return PullFrom::digest_only;
  if (text == "tag-only") return PullFrom::tag_only;
  throw Error(ExitCode::usage, map.where("pull-from") +
                                   ": must be all, digest-only or tag-only, not '" + text + "'");
}

}  // namespace

std::vector<registry::MirrorRule> parse_mirrors(const std::string& text,
                                                const std::string& origin) {
  if (text.empty()) return {};
  YamlMap root = YamlMap::load(origin, "mirrors: " + text);
  std::vector<registry::MirrorRule> rules;
  for (YamlMap entry : root.maps("mirrors")) {
    registry::MirrorRule rule{required(entry, "prefix", origin),
                              entry.text("location").value_or(""),
                              entry.boolean("blocked").value_or(false),
                              entry.boolean("insecure").value_or(false),
                              {}};
    for (YamlMap mirror : entry.maps("mirrors"))
      rule.mirrors.push_back({required(mirror, "location", origin), pull_from(mirror),
                              mirror.boolean("insecure").value_or(false)});
    rules.push_back(std::move(rule));
  }
  root.finish();
  return rules;
}

}  // namespace aiops::commands
