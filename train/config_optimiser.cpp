// SPDX-License-Identifier: Apache-2.0
#include "train/config_sections.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace aiops::train::sections {
namespace {

double beta_of(const YamlMap& map, std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || !(value >= 0 && value < 1))
    refuse(map, "betas", "'betas' must be two numbers from 0 to below 1");
  return value;
}

void read_betas(YamlMap& map, TrainConfig& config) {
  auto betas = map.texts("betas");
  if (betas.empty()) return;
  if (const auto comma = betas[0].find(','); betas.size() == 1 && comma != std::string::npos)
    betas = {betas[0].substr(0, comma), betas[0].substr(comma + 1)};  // --set …betas=0.9,0.95
  if (betas.size() != 2) refuse(map, "betas", "'betas' must be two numbers from 0 to below 1");
  config.optimiser.beta1 = beta_of(map, betas[0]);
  config.optimiser.beta2 = beta_of(map, betas[1]);
}

}  // namespace

void read_optimiser(YamlMap optimiser, YamlMap schedule, TrainConfig& config) {
  take(config.learning_rate, optimiser.number("lr", 1e-12, 100));
  read_betas(optimiser, config);
  take(config.optimiser.epsilon, optimiser.number("epsilon", 1e-30, 1));
  take(config.optimiser.weight_decay, optimiser.number("weight_decay", 0, 10));
  take(config.clip, optimiser.number("clip", 0, 1e9));
  if (const auto decay = schedule.text("decay"))
    config.decay = parse_decay(*decay, schedule.where("decay"));
  take(config.warmup, schedule.integer("warmup", 0, kMany));
  take(config.floor, schedule.number("floor", 0, 1));
}

OrderedJson optimiser_json(const TrainConfig& config) {
  const OptimiserOptions& optimiser = config.optimiser;
  return {{"lr", config.learning_rate},
          {"betas", {optimiser.beta1, optimiser.beta2}},
          {"epsilon", optimiser.epsilon},
          {"weight_decay", optimiser.weight_decay},
          {"clip", config.clip}};
}

OrderedJson schedule_json(const TrainConfig& config) {
  return {
      {"decay", name_of(config.decay)}, {"warmup", config.warmup_steps()}, {"floor", config.floor}};
}

}  // namespace aiops::train::sections
