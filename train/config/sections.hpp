// SPDX-License-Identifier: Apache-2.0
// The sections of train.yaml, each read and written in a file of its own: config_data.cpp,
// config_model.cpp, config_optimiser.cpp, config_run.cpp.
#pragma once

#include "base/error.hpp"
#include "base/yaml.hpp"
#include "train/config/config.hpp"

#include <optional>
#include <string>
#include <utility>

namespace aiops::train::sections {

inline constexpr std::int64_t kMany = 1'000'000'000;

[[noreturn]] inline void refuse(const YamlMap& map, std::string_view key, const std::string& why,
                                std::string mend = {}) {
  throw Error(ExitCode::usage, map.where(key) + ": " + why, std::move(mend));
}

template <typename T, typename Value>
void take(T& field, const std::optional<Value>& value) {
  if (value) field = static_cast<T>(*value);
}

void read_data(YamlMap data, TrainConfig& config);
void read_tokenizer(YamlMap tokenizer, TrainConfig& config);
void read_model(YamlMap model, TrainConfig& config);
// task, chat, labels, and what data has for them; after data.
void read_task(YamlMap& root, YamlMap& data, TrainConfig& config);
void read_lora(YamlMap& root, TrainConfig& config);  // after model
void read_optimiser(YamlMap optimiser, YamlMap schedule, TrainConfig& config);
void read_batch(YamlMap batch, TrainConfig& config);
void read_extent(YamlMap& root, TrainConfig& config);   // steps, epochs, tokens, minutes; seed
void read_compute(YamlMap& root, TrainConfig& config);  // precision, recompute
void read_eval(YamlMap eval, TrainConfig& config);
void read_metrics(YamlMap metrics, TrainConfig& config);
void read_upkeep(YamlMap checkpoint, YamlMap card, TrainConfig& config);

// What a checkpoint records of each, in the words of train.yaml. Keys that other runs do not have
// are left out where they have their defaults.
OrderedJson data_json(const TrainConfig& config);
OrderedJson tokenizer_json(const TrainConfig& config);
OrderedJson model_json(const TrainConfig& config);
OrderedJson chat_json(const TrainConfig& config);
OrderedJson lora_json(const TrainConfig& config);
OrderedJson optimiser_json(const TrainConfig& config);
OrderedJson schedule_json(const TrainConfig& config);
OrderedJson batch_json(const TrainConfig& config);
OrderedJson eval_json(const TrainConfig& config);

}  // namespace aiops::train::sections
