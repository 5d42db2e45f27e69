// SPDX-License-Identifier: Apache-2.0
#include "train/config/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <initializer_list>

namespace aiops::train::sections {
namespace {

// Keys of a map that say nothing to this task.
void refuse_keys(const YamlMap& map, std::initializer_list<const char*> keys, TaskKind task) {
  for (const char* key : keys)
    if (map.has(key))
      refuse(map, key, fmt::format("'{}' does not go with 'task: {}'", key, name_of(task)));
}

TooLong read_too_long(YamlMap& map, TooLong usual) {
  const auto word = map.text("too_long");
  if (word && *word != "skip" && *word != "cut")
    refuse(map, "too_long", "'too_long' must be skip or cut");
  if (!word) return usual;
  return *word == "cut" ? TooLong::cut : TooLong::skip;
}

void read_chat(YamlMap& root, const YamlMap& data, TrainConfig& config) {
  refuse_keys(data, {"packing", "field", "separator"}, config.task);
  YamlMap chat = root.map("chat");
  config.chat.template_file = chat.text("template").value_or("");
  const std::string learn = chat.text("learn").value_or("assistant");
  if (learn != "assistant" && learn != "all")
    refuse(chat, "learn", "'learn' must be assistant or all");
  config.chat.learn = learn == "all" ? Learn::all : Learn::assistant;
  config.chat.too_long = read_too_long(chat, TooLong::skip);
}

// A list of names; --set says it with commas.
std::vector<std::string> read_names(YamlMap& map, std::string_view key) {
  const auto given = map.texts(key);
  if (given.size() != 1) return given;
  std::vector<std::string> names;
  for (std::string_view rest = given[0];;) {
    const std::size_t comma = rest.find(',');
    names.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return names;
    rest.remove_prefix(comma + 1);
  }
}

void read_labels(YamlMap& root, YamlMap& data, TrainConfig& config) {
  refuse_keys(data, {"packing", "separator"}, config.task);
  config.data.labels = read_names(data, "label");
  if (config.data.labels.empty()) config.data.labels = {"label"};
  if (config.task == TaskKind::classification && config.data.labels.size() > 1)
    refuse(data, "label", "'label' is one member with 'task: classification'");
  config.labels.names = read_names(root, "labels");
  config.labels.too_long = read_too_long(data, TooLong::cut);
  try {
    if (root.has("labels")) ModelHead{head_of(config.task), config.labels.names}.check();
  } catch (const Error& error) {
    refuse(root, "labels", error.message);
  }
}

TaskKind read_kind(YamlMap& root) {
  const auto word = root.text("task");
  if (!word) return TaskKind::language;
  for (const TaskKind task : kTasks)
    if (*word == name_of(task)) return task;
  refuse(root, "task", "'task' must be language, chat, classification or regression");
}

}  // namespace

void read_task(YamlMap& root, YamlMap& data, TrainConfig& config) {
  config.task = read_kind(root);
  const bool is_labelled = head_of(config.task) != HeadKind::language;
  if (config.task != TaskKind::chat && root.has("chat"))
    refuse(root, "chat", "'chat' goes with 'task: chat' only");
  for (const auto& [map, key] : {std::pair(&root, "labels"), {&data, "label"}, {&data, "too_long"}})
    if (!is_labelled && map->has(key))
      refuse(*map, key,
             std::string("'") + key + "' goes with 'task: classification' or 'task: regression'");
  if (config.task == TaskKind::language) return;
  config.packing = Packing::documents;
  if (is_labelled)
    read_labels(root, data, config);
  else
    read_chat(root, data, config);
}

void read_lora(YamlMap& root, TrainConfig& config) {
  if (!root.has("lora")) return;
  if (config.base.empty())
    refuse(root, "lora", "'lora' needs a 'model.base', whose weights stay as they are");
  YamlMap lora = root.map("lora");
  config.dropout = lora.number("dropout", 0, 0.99);
  config.merge = lora.boolean("merge").value_or(false);
  if (!config.adapter.empty()) {
    for (const std::string& key : lora.keys())
      if (key != "dropout" && key != "merge")
        refuse(lora, key, "'" + key + "' does not go with 'model.adapter', which says it");
    return;
  }
  config.lora.rank = lora.integer("rank", 1, 4096).value_or(8);
  config.lora.alpha =
      lora.number("alpha", 1e-6, 1e6).value_or(2.0 * static_cast<double>(config.lora.rank));
  config.lora.targets = read_names(lora, "targets");
}

OrderedJson chat_json(const TrainConfig& config) {
  if (config.task != TaskKind::chat) return OrderedJson::object();
  return {{"learn", config.chat.learn == Learn::all ? "all" : "assistant"},
          {"too_long", config.chat.too_long == TooLong::cut ? "cut" : "skip"}};
}

OrderedJson lora_json(const TrainConfig& config) {
  return {{"rank", config.lora.rank},
          {"alpha", config.lora.alpha},
          {"targets", config.lora.targets},
          {"dropout", config.lora.dropout},
          {"merge", config.merge}};
}

}  // namespace aiops::train::sections
