// SPDX-License-Identifier: Apache-2.0
#include "base/units.hpp"
#include "train/config_sections.hpp"

#include <nlohmann/json.hpp>

namespace aiops::train::sections {
void read_batch(YamlMap batch, TrainConfig& config) {
  take(config.rows, batch.integer("rows", 1, 1 << 16));
  take(config.length, batch.integer("length", 1, 1 << 20));
  take(config.accumulate, batch.integer("accumulate", 1, 1 << 16));
  if (!config.base.empty()) return;  // it says how long a row may be
  if (config.length > config.model.max_position_embeddings)
    refuse(batch, "length", "'length' must not exceed model.context");
  if (config.length == 0) config.length = config.model.max_position_embeddings;
}

void read_extent(YamlMap& root, TrainConfig& config) {
  take(config.steps, root.integer("steps", 1, kMany));
  take(config.minutes, root.number("minutes", 0.001, 1e6));
  if (config.steps > 0 && config.minutes > 0)
    refuse(root, "minutes", "'minutes' does not go with 'steps'");
  if (config.steps == 0 && config.minutes == 0)
    refuse(root, "steps", "'steps' or 'minutes' is needed", "--set steps=1000");
  take(config.seed, root.integer("seed", 0, std::int64_t{1} << 53));
}

void read_upkeep(YamlMap checkpoint, YamlMap eval, YamlMap card, TrainConfig& config) {
  take(config.checkpoint_every, checkpoint.integer("every", 0, kMany));
  take(config.checkpoint_keep, checkpoint.integer("keep", 1, kMany));
  take(config.checkpoint_milestones, checkpoint.integer("milestones", 0, kMany));
  take(config.checkpoint_background, checkpoint.boolean("background"));
  if (const auto shard = checkpoint.text("shard"))
    config.checkpoint_shard = parse_bytes(*shard, checkpoint.where("shard"));
  if (config.checkpoint_shard == 0) refuse(checkpoint, "shard", "'shard' must not be 0");
  take(config.eval_every, eval.integer("every", 0, kMany));
  take(config.eval_batches, eval.integer("batches", 1, kMany));
  config.name = card.text("name").value_or("");
  config.licence = card.text("licence").value_or("other");
  config.language = card.text("language").value_or("");
  config.description = card.text("description").value_or("");
}

OrderedJson batch_json(const TrainConfig& config) {
  return {{"rows", config.rows},
          {"length", config.length},
          {"accumulate", config.accumulate},
          {"ranks", config.ranks}};
}

OrderedJson eval_json(const TrainConfig& config) {
  return {{"every", config.eval_every}, {"batches", config.eval_batches}};
}

}  // namespace aiops::train::sections
