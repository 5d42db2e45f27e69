// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/spelling.hpp"
#include "base/units.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

namespace aiops {

struct YamlMap::State {
  std::string file;
  YAML::Node node;
  std::string path;                  // dotted key of this map, with a final dot; empty at the top
  std::set<std::string> overridden;  // by set(): full dotted keys
  std::set<std::string, std::less<>> asked;
  std::vector<YamlMap> children;
};

namespace {

std::string place(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return file;
  return file + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

// Where the value of `key` stands: in the file, or in a --set.
std::string place_of(const YamlMap::State& state, std::string_view key, const YAML::Mark& mark) {
  const std::string full = state.path + std::string(key);
  return state.overridden.contains(full) ? "--set " + full : place(state.file, mark);
}

[[noreturn]] void refuse(const std::string& where, const std::string& why, std::string mend = {}) {
  throw Error(ExitCode::usage, where + ": " + why, std::move(mend));
}

// The value below `key`, remembered as asked for; an undefined or null node when absent.
YAML::Node take(YamlMap::State& state, std::string_view key) {
  state.asked.emplace(key);
  if (!state.node.IsMap()) return {};
  return state.node[std::string(key)];
}

// A key of the mapping. YAML allows lists and maps as keys; we do not.
std::string key_text(const YamlMap::State& state, const YAML::Node& key) {
  if (!key.IsScalar()) refuse(place(state.file, key.Mark()), "a key must be a text");
  return key.Scalar();
}

// yaml-cpp keeps both of two equal keys and answers with the first: whoever wrote the second would
// never know.
void refuse_twins(const YamlMap::State& state) {
  if (!state.node.IsMap()) return;
  std::set<std::string> seen;
  for (const auto& entry : state.node) {
    if (!entry.first.IsScalar()) continue;  // finish() refuses it
    const std::string key = entry.first.Scalar();
    if (!seen.insert(key).second)
      refuse(place(state.file, entry.first.Mark()), "'" + printable(key) + "' is given twice");
  }
}

// "[a, b]" as YAML has it; nothing where the text is no such list, or one of more than scalars.
std::optional<std::vector<std::string>> flow_list(const std::string& text) {
  if (!text.starts_with('[')) return std::nullopt;
  try {
    const YAML::Node list = YAML::Load("list: " + text)["list"];  // nothing may follow it
    if (!list.IsSequence()) return std::nullopt;
    std::vector<std::string> items;
    for (const YAML::Node& item : list) {
      if (!item.IsScalar()) return std::nullopt;
      items.push_back(item.as<std::string>());
    }
    return items;
  } catch (const YAML::Exception&) {
    return std::nullopt;
  }
}

bool is_absent(const YAML::Node& node) { return !node || node.IsNull(); }

template <typename T>
std::optional<T> scalar(YamlMap::State& state, std::string_view key, const char* expected) {
  const auto node = take(state, key);
  if (is_absent(node)) return std::nullopt;
  try {
    if (node.IsScalar()) return node.as<T>();
  } catch (const YAML::Exception&) {
  }
  refuse(place_of(state, key, node.Mark()), "'" + printable(key) + "' must be " + expected);
}

template <typename T>
void check_range(const YamlMap::State& state, std::string_view key, T value, T low, T high) {
  if (value >= low && value <= high) return;
  refuse(place_of(state, key, state.node[std::string(key)].Mark()),
         "'" + printable(key) + "' must be between " + format_bound(low) + " and " +
             format_bound(high));
}

}  // namespace

YamlMap YamlMap::load(std::string_view file, std::string_view text) {
  auto state = std::make_shared<State>();
  state->file = file;
  try {
    state->node = YAML::Load(std::string(text));
  } catch (const YAML::Exception& error) {
    refuse(place(state->file, error.mark), "not valid YAML: " + printable(error.msg));
  }
  if (!is_absent(state->node) && !state->node.IsMap())
    refuse(place(state->file, state->node.Mark()), "expected keys and values at the top");
  refuse_twins(*state);
  return YamlMap(std::move(state));
}

void YamlMap::set(std::string_view dotted_key, std::string_view value) {
  const std::string full(dotted_key);
  try {
    YAML::Node node = state_->node;
    std::string_view rest = dotted_key;
    for (std::size_t dot; (dot = rest.find('.')) != std::string_view::npos;
         rest.remove_prefix(dot + 1)) {
      // reset(): a plain assignment would overwrite the node instead of stepping into it.
      node.reset(node[std::string(rest.substr(0, dot))]);
    }
    node[std::string(rest)] = std::string(value);
  } catch (const YAML::Exception&) {
    refuse("--set " + full, "a key on the way holds a value, not keys");
  }
  state_->overridden.insert(full);
}

bool YamlMap::has(std::string_view key) const {
  return state_->node.IsMap() && !is_absent(state_->node[std::string(key)]);
}

std::optional<std::string> YamlMap::text(std::string_view key) {
  return scalar<std::string>(*state_, key, "a text");
}

std::optional<std::int64_t> YamlMap::integer(std::string_view key, std::int64_t low,
                                             std::int64_t high) {
  const auto value = scalar<std::int64_t>(*state_, key, "a whole number");
  if (value) check_range(*state_, key, *value, low, high);
  return value;
}

std::optional<double> YamlMap::number(std::string_view key, double low, double high) {
  const auto value = scalar<double>(*state_, key, "a number");
  if (value) check_range(*state_, key, *value, low, high);
  return value;
}

std::optional<bool> YamlMap::boolean(std::string_view key) {
  return scalar<bool>(*state_, key, "true or false");
}

std::vector<std::string> YamlMap::texts(std::string_view key) {
  const auto node = take(*state_, key);
  if (is_absent(node)) return {};
  const bool overridden = state_->overridden.contains(state_->path + std::string(key));
  if (node.IsScalar()) {
    const auto text = node.as<std::string>();
    auto list = overridden ? flow_list(text) : std::nullopt;
    return list ? *std::move(list) : std::vector{text};
  }
  if (!node.IsSequence()) refuse(where(key), "'" + printable(key) + "' must be a list of texts");
  std::vector<std::string> values;
  for (const YAML::Node& item : node) {
    if (!item.IsScalar())
      refuse(place(state_->file, item.Mark()), "'" + printable(key) + "' must hold texts only");
    values.push_back(item.as<std::string>());
  }
  return values;
}

std::string YamlMap::flow(std::string_view key) {
  const auto node = take(*state_, key);
  if (is_absent(node)) return {};
  YAML::Emitter out;
  out.SetSeqFormat(YAML::Flow);
  out.SetMapFormat(YAML::Flow);
  out << node;
  std::string text = out.c_str();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

YamlMap YamlMap::map(std::string_view key) {
  auto state = std::make_shared<State>();
  state->file = state_->file;
  const auto node = take(*state_, key);
  if (!is_absent(node)) {
    if (!node.IsMap()) refuse(where(key), "'" + printable(key) + "' must hold keys and values");
    state->node = node;
    refuse_twins(*state);
  }
  state->path = state_->path + std::string(key) + ".";
  state->overridden = state_->overridden;
  state_->children.push_back(YamlMap(state));
  return YamlMap(std::move(state));
}

std::vector<YamlMap> YamlMap::maps(std::string_view key) {
  const auto node = take(*state_, key);
  std::vector<YamlMap> values;
  if (is_absent(node)) return values;
  if (!node.IsSequence()) refuse(where(key), "'" + printable(key) + "' must be a list");
  for (const YAML::Node& item : node) {
    if (!item.IsMap()) refuse(place(state_->file, item.Mark()), "expected keys and values");
    auto state = std::make_shared<State>();
    state->file = state_->file;
    state->node = item;
    refuse_twins(*state);
    state_->children.push_back(YamlMap(state));
    values.push_back(YamlMap(std::move(state)));
  }
  return values;
}

void YamlMap::ignore(std::string_view key) { take(*state_, key); }

std::vector<std::string> YamlMap::keys() const {
  std::vector<std::string> names;
  if (state_->node.IsMap())
    for (const auto& entry : state_->node) names.push_back(key_text(*state_, entry.first));
  return names;
}

std::string YamlMap::where(std::string_view key) const {
  if (!has(key)) return state_->file;
  return place_of(*state_, key, state_->node[std::string(key)].Mark());
}

void YamlMap::finish() const {
  if (state_->node.IsMap()) {
    for (const auto& entry : state_->node) {
      const std::string key = key_text(*state_, entry.first);
      if (state_->asked.contains(key)) continue;
      const std::vector<std::string> known(state_->asked.begin(), state_->asked.end());
      const auto close = nearest(key, known);
      refuse(place_of(*state_, key, entry.first.Mark()), "unknown key '" + printable(key) + "'",
             close ? "did you mean '" + *close + "'?" : "");
    }
  }
  for (const auto& child : state_->children) child.finish();
}

}  // namespace aiops
