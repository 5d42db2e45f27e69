// SPDX-License-Identifier: Apache-2.0
#include "base/units.hpp"
#include "train/config/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

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
  take(config.epochs, root.number("epochs", 0.001, 1e6));
  take(config.max_tokens, root.integer("tokens", 1, std::int64_t{1} << 53));
  std::string given;
  for (const char* key : {"steps", "minutes", "epochs", "tokens"}) {
    if (!root.has(key)) continue;
    if (!given.empty())
      refuse(root, key, "'" + std::string(key) + "' does not go with '" + given + "'");
    given = key;
  }
  if (given.empty())
    refuse(root, "steps", "'steps', 'epochs', 'tokens' or 'minutes' is needed", "--set steps=1000");
  take(config.seed, root.integer("seed", 0, std::int64_t{1} << 53));
}

void read_compute(YamlMap& root, TrainConfig& config) {
  const auto is_one_of = [&](const char* key, const char* plain, const char* other) {
    const auto word = root.text(key);
    if (word && *word != plain && *word != other)
      refuse(root, key, fmt::format("'{}' is '{}', not {} or {}", key, *word, plain, other));
    return word && *word == other;
  };
  if (is_one_of("precision", "fp32", "bf16")) config.compute.precision = Precision::bf16;
  take(config.deterministic, root.boolean("deterministic"));
  if (const auto word = root.text("all_reduce")) {
    const auto choice = std::ranges::find(
        kAllReduces, *word, [](AllReduce one) { return std::string_view(name_of(one)); });
    if (choice == kAllReduces.end())
      refuse(root, "all_reduce",
             fmt::format("'all_reduce' is '{}', not auto, nccl or host", *word));
    config.all_reduce = *choice;
  }
  if (is_one_of("recompute", "none", "layers")) config.compute.recompute = Recompute::layers;
}

void read_eval(YamlMap eval, TrainConfig& config) {
  take(config.eval_every, eval.integer("every", 0, kMany));
  take(config.eval_batches, eval.integer("batches", 1, kMany));
  take(config.patience, eval.integer("patience", 0, kMany));
  if (config.patience > 0 && config.eval_every == 0)
    refuse(eval, "patience", "'patience' needs evaluations: eval.every");
  if (eval.has("samples") && head_of(config.task) != HeadKind::language)
    refuse(eval, "samples",
           fmt::format("'samples' does not go with 'task: {}'", name_of(config.task)));
  YamlMap samples = eval.map("samples");
  take(config.sample_every, samples.integer("every", 0, kMany));
  take(config.sample_tokens, samples.integer("tokens", 1, 1 << 20));
  config.sample_prompts = samples.texts("prompts");
  if (config.sample_every > 0 && config.sample_prompts.empty())
    config.sample_prompts.emplace_back();  // the start of a document
}

void read_metrics(YamlMap metrics, TrainConfig& config) {
  config.open_metrics = metrics.text("openmetrics").value_or("");
  take(config.tensorboard, metrics.boolean("tensorboard"));
}

void read_upkeep(YamlMap checkpoint, YamlMap card, TrainConfig& config) {
  take(config.checkpoint_every, checkpoint.integer("every", 0, kMany));
  take(config.checkpoint_keep, checkpoint.integer("keep", 1, kMany));
  take(config.checkpoint_milestones, checkpoint.integer("milestones", 0, kMany));
  take(config.checkpoint_background, checkpoint.boolean("background"));
  if (const auto shard = checkpoint.text("shard"))
    config.checkpoint_shard = parse_bytes(*shard, checkpoint.where("shard"));
  if (config.checkpoint_shard == 0) refuse(checkpoint, "shard", "'shard' must not be 0");
  take(config.checkpoint_best, checkpoint.boolean("best"));
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
  OrderedJson json{{"every", config.eval_every}, {"batches", config.eval_batches}};
  if (config.patience > 0) json["patience"] = config.patience;
  if (!config.sample_prompts.empty())
    json["samples"] = {{"every", config.sample_every},
                       {"tokens", config.sample_tokens},
                       {"prompts", config.sample_prompts}};
  return json;
}

}  // namespace aiops::train::sections
