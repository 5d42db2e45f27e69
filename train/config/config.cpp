// SPDX-License-Identifier: Apache-2.0
#include "train/config/config.hpp"

#include "train/config/sections.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace aiops::train {

TrainConfig read_config(std::string_view file, std::string_view text, const Overrides& overrides) {
  using namespace sections;
  YamlMap root = YamlMap::load(file, text);
  for (const auto& [key, value] : overrides) root.set(key, value);
  TrainConfig config;
  YamlMap data = root.map("data");
  read_data(data, config);
  read_model(root.map("model"), config);
  read_tokenizer(root.map("tokenizer"), config);
  read_task(root, data, config);
  read_lora(root, config);
  read_optimiser(root.map("optimiser"), root.map("schedule"), config);
  read_batch(root.map("batch"), config);
  read_extent(root, config);
  read_compute(root, config);
  read_eval(root.map("eval"), config);
  read_metrics(root.map("metrics"), config);
  read_upkeep(root.map("checkpoint"), root.map("card"), config);
  take(config.out, root.text("out"));
  root.finish();
  if (config.out.empty()) refuse(root, "out", "'out' must name a directory");
  return config;
}

std::int64_t TrainConfig::warmup_steps() const {
  return warmup >= 0 ? warmup : std::min<std::int64_t>(100, steps / 10);
}

Schedule TrainConfig::schedule() const {
  return {.peak = optimiser.learning_rate,
          .decay = decay,
          .warmup = std::min(warmup_steps(), steps),
          .steps = steps,
          .floor = floor,
          .decay_share = decay_share};
}

std::int64_t TrainConfig::steps_for(std::uint64_t epoch_rows) const {
  if (steps > 0 || minutes > 0) return steps;
  const double wanted =
      epochs > 0 ? epochs * static_cast<double>(epoch_rows) / static_cast<double>(rows_per_step())
                 : static_cast<double>(max_tokens) / static_cast<double>(tokens_per_step());
  // A hair above a whole number is that number.
  return std::max<std::int64_t>(1, std::llround(std::ceil(wanted - 1e-9)));
}

OrderedJson TrainConfig::to_json() const {
  OrderedJson json{{"data", sections::data_json(*this)},
                   {"tokenizer", sections::tokenizer_json(*this)},
                   {"task", name_of(task)},
                   {"chat", sections::chat_json(*this)},
                   {"model", sections::model_json(*this)},
                   {"lora", sections::lora_json(*this)},
                   {"optimiser", sections::optimiser_json(*this)},
                   {"schedule", sections::schedule_json(*this)},
                   {"batch", sections::batch_json(*this)},
                   {"steps", steps},
                   {"seed", seed},
                   {"precision", compute.precision == Precision::bf16 ? "bf16" : "fp32"},
                   {"device", device},
                   {"deterministic", deterministic},
                   {"eval", sections::eval_json(*this)}};
  if (all_reduce != AllReduce::automatic) json["all_reduce"] = name_of(all_reduce);
  if (!labels.names.empty()) json["labels"] = labels.names;
  return json;
}

}  // namespace aiops::train
