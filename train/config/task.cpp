// SPDX-License-Identifier: Apache-2.0
#include "train/config/sections.hpp"

#include <nlohmann/json.hpp>

namespace aiops::train::sections {

void read_task(YamlMap& root, const YamlMap& data, TrainConfig& config) {
  const std::string task = root.text("task").value_or("language");
  if (task != "language" && task != "chat") refuse(root, "task", "'task' must be language or chat");
  if (task == "language") {
    if (root.has("chat")) refuse(root, "chat", "'chat' goes with 'task: chat' only");
    return;
  }
  config.task = TaskKind::chat;
  config.packing = Packing::documents;
  for (const char* key : {"packing", "field", "separator"})
    if (data.has(key))
      refuse(data, key, std::string("'") + key + "' does not go with 'task: chat'");
  YamlMap chat = root.map("chat");
  config.chat.template_file = chat.text("template").value_or("");
  const std::string learn = chat.text("learn").value_or("assistant");
  if (learn != "assistant" && learn != "all")
    refuse(chat, "learn", "'learn' must be assistant or all");
  config.chat.learn = learn == "all" ? Learn::all : Learn::assistant;
  const std::string too_long = chat.text("too_long").value_or("skip");
  if (too_long != "skip" && too_long != "cut")
    refuse(chat, "too_long", "'too_long' must be skip or cut");
  config.chat.too_long = too_long == "cut" ? TooLong::cut : TooLong::skip;
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
  config.lora.targets = lora.texts("targets");
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
