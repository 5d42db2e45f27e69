// SPDX-License-Identifier: Apache-2.0
#include "commands/config.hpp"

#include "base/error.hpp"
#include "base/spelling.hpp"
#include "cli/arguments.hpp"
#include "cli/settings.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::commands {
namespace {

Verb show_verb() {
  Verb verb;
  verb.name = "show";
  verb.summary = "Show the configuration that holds here";
  verb.description =
      "Shows every configuration key with the value that holds in this directory. With --origin it "
      "also says where each value comes from: an environment variable, a line of a file, or the "
      "default.\n\n"
      "The order is: environment, the project's aiops.yaml (below 'config:'), "
      "$XDG_CONFIG_HOME/aiops/config.yaml, /etc/aiops/config.yaml, default. A flag beats them "
      "all.";
  verb.positionals = {{.name = "KEY",
                       .help = "Show only these keys",
                       .arity = Positional::Arity::any,
                       .complete = Complete::config_key}};
  verb.flags = {{.name = "origin", .help = "Say where each value comes from"}};
  verb.examples = {
      {"aiops config show --origin", "all keys, and which file or variable set them"},
      {"AIOPS_UI_COLOR=never aiops config show ui.color --origin", "one key"},
      {"aiops config show -o json", "for a script"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    config_show({.keys = arguments.words("KEY"),
                 .origin = arguments.is_on("origin") ? Origin::show : Origin::hide},
                context);
  };
  return verb;
}

std::vector<Settings::Value> chosen(const std::vector<std::string>& keys,
                                    const Settings& settings) {
  if (keys.empty()) return settings.all();
  std::vector<Settings::Value> values;
  for (const auto& key : keys) {
    auto value = settings.find(key);
    if (!value) {
      std::vector<std::string> known;
      for (const auto& each : settings.all()) known.push_back(each.key);
      const auto close = nearest(key, known);
      throw Error(ExitCode::usage, "no configuration key '" + key + "'",
                  close ? "did you mean '" + *close + "'?" : "aiops config show");
    }
    values.push_back(std::move(*value));
  }
  return values;
}

}  // namespace

Verb config_verb() {
  Verb verb;
  verb.name = "config";
  verb.summary = "Look at the configuration";
  verb.description = "The configuration and where it comes from. See 'aiops help environment'.";
  verb.verbs = {show_verb()};
  return verb;
}

void config_show(const ConfigShowOptions& options, Context& context) {
  Table table{{"KEY", "VALUE"}, {}};
  if (options.origin == Origin::show) table.headers.emplace_back("ORIGIN");
  OrderedJson list = OrderedJson::array();
  for (const auto& [key, value, origin] : chosen(options.keys, context.settings)) {
    list.push_back({{"key", key}, {"value", value}, {"origin", origin}});
    table.rows.push_back({key, value});
    if (options.origin == Origin::show) table.rows.back().push_back(origin);
  }
  context.report.table({{"settings", std::move(list)}}, table);
}

}  // namespace aiops::commands
