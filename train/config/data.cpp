// SPDX-License-Identifier: Apache-2.0
#include "train/config/sections.hpp"
#include "train/tokenizer/families.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train::sections {
void read_data(YamlMap data, TrainConfig& config) {
  for (const std::string& path : data.texts("path")) config.data.paths.emplace_back(path);
  take(config.data.field, data.text("field"));
  take(config.data.separator, data.text("separator"));
  if (const auto packing = data.text("packing")) {
    if (*packing != "stream" && *packing != "documents")
      refuse(data, "packing", "'packing' must be stream or documents");
    config.packing = *packing == "stream" ? Packing::stream : Packing::documents;
  }
  take(config.validation, data.number("validation", 0, 0.5));
  if (std::ranges::find(config.data.paths, std::filesystem::path()) != config.data.paths.end())
    refuse(data, "path", "'data.path' must not be empty");
  if (config.data.paths.empty())
    refuse(data, "path", "'data.path' is needed", "data: {path: corpus.txt}");
}

void read_tokenizer(YamlMap tokenizer, TrainConfig& config) {
  for (const char* key : {"vocab_size", "splitter"})
    if (tokenizer.has("file") && tokenizer.has(key))
      refuse(tokenizer, key, std::string("'") + key + "' does not go with 'file'");
  if (!config.base.empty()) {
    for (const char* key : {"file", "vocab_size", "splitter"})
      if (tokenizer.has(key))
        refuse(tokenizer, key, std::string("'") + key + "' does not go with 'model.base'");
    config.end_token.clear();  // the base's own, unless one is named
    take(config.end_token, tokenizer.text("end"));
    return;
  }
  config.tokenizer_file = tokenizer.text("file").value_or("");
  take(config.end_token, tokenizer.text("end"));
  if (config.end_token.empty()) refuse(tokenizer, "end", "'end' must not be empty");
  take(config.vocab_size, tokenizer.integer("vocab_size", 257, 1 << 20));
  if (const auto name = tokenizer.text("splitter")) {
    const auto splitter = splitter_of(*name);
    if (!splitter)
      refuse(tokenizer, "splitter", "'splitter' must be gpt2, llama3, qwen2, smollm2 or tekken");
    config.splitter = *splitter;
  }
}

OrderedJson data_json(const TrainConfig& config) {
  auto paths = OrderedJson::array();
  for (const auto& path : config.data.paths) paths.push_back(path.string());
  OrderedJson json{{"path", paths},
                   {"field", config.data.field},
                   {"separator", config.data.separator},
                   {"packing", config.packing == Packing::stream ? "stream" : "documents"},
                   {"validation", config.validation}};
  if (config.data.labels.empty()) return json;
  json["label"] = config.data.labels;
  json["too_long"] = config.labels.too_long == TooLong::cut ? "cut" : "skip";
  return json;
}

OrderedJson tokenizer_json(const TrainConfig& config) {
  if (!config.base.empty()) return {{"end", config.end_token}};
  OrderedJson json{{"end", config.end_token}};
  if (config.tokenizer_file.empty()) {
    json["vocab_size"] = config.vocab_size;
    json["splitter"] = family_of(config.splitter).name;
  } else {
    json["file"] = config.tokenizer_file.string();
  }
  return json;
}

}  // namespace aiops::train::sections
