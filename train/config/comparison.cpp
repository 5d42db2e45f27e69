// SPDX-License-Identifier: Apache-2.0
#include "train/config/comparison.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace aiops::train {
namespace {

// The keys of a configuration by their whole names; a list is one value.
using Keys = std::map<std::string, Json>;

void gather(const OrderedJson& json, const std::string& prefix, Keys& keys) {
  for (const auto& [name, value] : json.items()) {
    const std::string key = prefix + name;
    if (value.is_object())
      gather(value, key + ".", keys);
    else
      keys[key] = value;
  }
}

// With what older checkpoints do not say.
Keys keys_of(const OrderedJson& config) {
  Keys keys{{"batch.ranks", 1},
            {"lora.alpha", 0},
            {"lora.merge", false},
            {"lora.rank", 0},
            {"lora.dropout", 0},
            {"lora.targets", Json::array()},
            {"optimiser.name", "adamw"},
            {"precision", "fp32"},
            {"device", "cpu"},
            {"deterministic", true},
            {"all_reduce", "auto"},
            {"task", "language"},
            {"tokenizer.splitter", "gpt2"}};
  gather(config, "", keys);
  return keys;
}

// A double, since a file may say numbers whose product no integer holds.
double rows_per_step(const Keys& keys) {
  double rows = 1;
  for (const char* key : {"batch.rows", "batch.accumulate", "batch.ranks"})
    if (const auto found = keys.find(key); found != keys.end() && found->second.is_number_integer())
      rows *= found->second.get<double>();
  return rows;
}

bool begins(const std::string& key, std::initializer_list<const char*> sections) {
  return std::ranges::any_of(sections, [&](const char* one) { return key.starts_with(one); });
}

// What is compared elsewhere (data and base by their digests, tokenizers by what they hold) or
// follows from another key, whose change is told.
bool is_told_elsewhere(const std::string& key, const Json* before, const Json* after) {
  if (key == "steps" && after != nullptr && *after == 0) return true;  // follows from the data
  if (key == "model.base" || key == "model.adapter") return true;
  if (key == "tokenizer.file") return after != nullptr;
  if (key == "labels") return after == nullptr;  // they follow from the data
  if (begins(key, {"data."}))
    return key != "data.validation" && key != "data.packing" && key != "data.too_long";
  if (begins(key, {"eval."})) return true;
  const bool is_one_sided = before == nullptr || after == nullptr;
  return is_one_sided &&
         begins(key, {"tokenizer.vocab_size", "chat.", "optimiser.betas", "optimiser.epsilon",
                      "optimiser.matrix_lr", "optimiser.momentum"});
}

ConfigChange::Kind kind_of(const std::string& key, bool same_rows) {
  using Kind = ConfigChange::Kind;
  if (same_rows && begins(key, {"batch.rows", "batch.accumulate", "batch.ranks"}))
    return Kind::rounding;
  const bool makes_another = begins(key, {"model.", "batch.", "seed", "task", "chat.", "lora.",
                                          "data.", "tokenizer.", "labels", "optimiser.name"});
  return makes_another ? Kind::another_run : Kind::steering;
}

std::string text_of(const Json* value) { return value == nullptr ? "not set" : to_text(*value); }

}  // namespace

std::vector<ConfigChange> compare_configurations(const OrderedJson& then, const OrderedJson& now) {
  const Keys before = keys_of(then), after = keys_of(now);
  const bool same_rows = rows_per_step(before) == rows_per_step(after);
  std::set<std::string> all;
  for (const Keys* keys : {&before, &after})
    for (const auto& [key, value] : *keys) all.insert(key);
  const auto find = [](const Keys& keys, const std::string& key) {
    const auto found = keys.find(key);
    return found == keys.end() ? nullptr : &found->second;
  };
  std::vector<ConfigChange> changes;
  for (const std::string& key : all) {
    const Json *was = find(before, key), *is = find(after, key);
    if ((was != nullptr && is != nullptr && *was == *is) || is_told_elsewhere(key, was, is))
      continue;
    changes.push_back({key, key + " was " + text_of(was) + " and is now " + text_of(is),
                       kind_of(key, same_rows)});
  }
  std::ranges::stable_sort(changes, {}, &ConfigChange::kind);
  return changes;
}

}  // namespace aiops::train
