// SPDX-License-Identifier: Apache-2.0
#include "train/config/sections.hpp"

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

void require_kind(const YamlMap& map, std::string_view key, bool fits, OptimiserKind kind) {
  if (map.has(key) && !fits)
    refuse(map, key, "'" + std::string(key) + "' does not go with " + name_of(kind));
}

void read_kind(YamlMap& map, OptimiserOptions& optimiser) {
  if (const auto name = map.text("name"))
    optimiser.kind = parse_optimiser(*name, map.where("name") + ": 'name'");
  const OptimiserKind kind = optimiser.kind;
  const bool is_sgd = kind == OptimiserKind::sgd;
  require_kind(map, "betas", !is_sgd, kind);
  require_kind(map, "epsilon", !is_sgd, kind);
  require_kind(map, "momentum", kind != OptimiserKind::adamw, kind);
  require_kind(map, "matrix_lr", kind == OptimiserKind::muon, kind);
  if (is_sgd) optimiser.learning_rate = 0.1;
  if (kind == OptimiserKind::muon) optimiser.momentum = 0.95;
}

}  // namespace

void read_optimiser(YamlMap map, YamlMap schedule, TrainConfig& config) {
  OptimiserOptions& optimiser = config.optimiser;
  read_kind(map, optimiser);
  take(optimiser.learning_rate, map.number("lr", 1e-12, 100));
  read_betas(map, config);
  take(optimiser.epsilon, map.number("epsilon", 1e-30, 1));
  take(optimiser.momentum, map.number("momentum", 0, 0.9999));
  take(optimiser.matrix_rate, map.number("matrix_lr", 1e-12, 100));
  take(optimiser.weight_decay, map.number("weight_decay", 0, 10));
  take(config.skip_above, map.number("skip_above", 1, 1e6));
  take(config.clip, map.number("clip", 0, 1e9));
  if (const auto decay = schedule.text("decay"))
    config.decay = parse_decay(*decay, schedule.where("decay"));
  if (config.decay != Decay::wsd && schedule.has("decay_share"))
    refuse(schedule, "decay_share", "'decay_share' goes with decay: wsd only");
  take(config.decay_share, schedule.number("decay_share", 0.001, 1));
  take(config.warmup, schedule.integer("warmup", 0, kMany));
  take(config.floor, schedule.number("floor", 0, 1));
}

OrderedJson optimiser_json(const TrainConfig& config) {
  const OptimiserOptions& optimiser = config.optimiser;
  OrderedJson json{{"name", name_of(optimiser.kind)}, {"lr", optimiser.learning_rate}};
  if (optimiser.kind != OptimiserKind::sgd) {
    json["betas"] = {optimiser.beta1, optimiser.beta2};
    json["epsilon"] = optimiser.epsilon;
  }
  if (optimiser.kind != OptimiserKind::adamw) json["momentum"] = optimiser.momentum;
  if (optimiser.kind == OptimiserKind::muon) json["matrix_lr"] = optimiser.matrix_rate;
  json["weight_decay"] = optimiser.weight_decay;
  json["clip"] = config.clip;
  if (config.skip_above > 0) json["skip_above"] = config.skip_above;
  return json;
}

OrderedJson schedule_json(const TrainConfig& config) {
  OrderedJson json{{"decay", name_of(config.decay)}, {"warmup", config.warmup_steps()}};
  if (config.decay == Decay::wsd) json["decay_share"] = config.decay_share;
  json["floor"] = config.floor;
  return json;
}

}  // namespace aiops::train::sections
