// SPDX-License-Identifier: Apache-2.0
#include "train/config.hpp"

#include "base/error.hpp"
#include "base/yaml.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace aiops::train {
namespace {

constexpr std::int64_t kMany = 1'000'000'000;

[[noreturn]] void refuse(const YamlMap& map, std::string_view key, const std::string& why,
                         std::string mend = {}) {
  throw Error(ExitCode::usage, map.where(key) + ": " + why, std::move(mend));
}

template <typename T, typename Value>
void take(T& field, const std::optional<Value>& value) {
  if (value) field = static_cast<T>(*value);
}

void read_data(YamlMap data, TrainConfig& config) {
  for (const std::string& path : data.texts("path")) config.data.paths.emplace_back(path);
  take(config.data.field, data.text("field"));
  take(config.data.separator, data.text("separator"));
  take(config.validation, data.number("validation", 0, 0.5));
  if (std::ranges::find(config.data.paths, std::filesystem::path()) != config.data.paths.end())
    refuse(data, "path", "'data.path' must not be empty");
  if (config.data.paths.empty())
    refuse(data, "path", "'data.path' is needed", "data: {path: corpus.txt}");
}

void read_tokenizer(YamlMap tokenizer, TrainConfig& config) {
  if (tokenizer.has("file") && tokenizer.has("vocab_size"))
    refuse(tokenizer, "vocab_size", "'vocab_size' does not go with 'file'");
  config.tokenizer_file = tokenizer.text("file").value_or("");
  take(config.end_token, tokenizer.text("end"));
  if (config.end_token.empty()) refuse(tokenizer, "end", "'end' must not be empty");
  take(config.vocab_size, tokenizer.integer("vocab_size", 257, 1 << 20));
}

void read_model(YamlMap map, TrainConfig& config) {
  ModelConfig& model = config.model;
  model.hidden_size = map.integer("hidden_size", 2, 1 << 16).value_or(256);
  model.num_hidden_layers = map.integer("layers", 1, 1024).value_or(4);
  model.num_attention_heads = map.integer("heads", 1, 1024).value_or(4);
  model.num_key_value_heads = map.integer("kv_heads", 1, 1024).value_or(model.num_attention_heads);
  // The nearest multiple of 32 keeps the matrix products' tiles full.
  const std::int64_t ffn = std::max<std::int64_t>(32, (model.hidden_size * 8 / 3 + 16) / 32 * 32);
  model.intermediate_size = map.integer("ffn", 1, 1 << 18).value_or(ffn);
  model.max_position_embeddings = map.integer("context", 2, 1 << 20).value_or(256);
  model.tie_word_embeddings = map.boolean("tied").value_or(true);
  if (model.hidden_size % model.num_attention_heads != 0)
    refuse(map, "heads",
           "'heads' (" + std::to_string(model.num_attention_heads) + ") must divide hidden_size (" +
               std::to_string(model.hidden_size) + ")");
  if (model.num_attention_heads % model.num_key_value_heads != 0)
    refuse(map, "kv_heads", "'kv_heads' must divide heads");
  model.head_dim = model.hidden_size / model.num_attention_heads;
  if (model.head_dim % 2 != 0)
    refuse(map, "heads", "hidden_size / heads must be even, for the rotary positions");
}

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
  config.beta1 = beta_of(map, betas[0]);
  config.beta2 = beta_of(map, betas[1]);
}

void read_optimiser(YamlMap optimiser, YamlMap schedule, TrainConfig& config) {
  take(config.learning_rate, optimiser.number("lr", 1e-12, 100));
  read_betas(optimiser, config);
  take(config.epsilon, optimiser.number("epsilon", 1e-30, 1));
  take(config.weight_decay, optimiser.number("weight_decay", 0, 10));
  take(config.clip, optimiser.number("clip", 0, 1e9));
  if (const auto decay = schedule.text("decay"))
    config.decay = parse_decay(*decay, schedule.where("decay"));
  take(config.warmup, schedule.integer("warmup", 0, kMany));
  take(config.floor, schedule.number("floor", 0, 1));
}

void read_batch(YamlMap batch, TrainConfig& config) {
  take(config.rows, batch.integer("rows", 1, 1 << 16));
  take(config.length, batch.integer("length", 1, 1 << 20));
  take(config.accumulate, batch.integer("accumulate", 1, 1 << 16));
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
  take(config.eval_every, eval.integer("every", 0, kMany));
  take(config.eval_batches, eval.integer("batches", 1, kMany));
  config.name = card.text("name").value_or("");
  config.licence = card.text("licence").value_or("other");
  config.language = card.text("language").value_or("");
  config.description = card.text("description").value_or("");
}

}  // namespace

TrainConfig read_config(std::string_view file, std::string_view text, const Overrides& overrides) {
  YamlMap root = YamlMap::load(file, text);
  for (const auto& [key, value] : overrides) root.set(key, value);
  TrainConfig config;
  read_data(root.map("data"), config);
  read_tokenizer(root.map("tokenizer"), config);
  read_model(root.map("model"), config);
  read_optimiser(root.map("optimiser"), root.map("schedule"), config);
  read_batch(root.map("batch"), config);
  read_extent(root, config);
  read_upkeep(root.map("checkpoint"), root.map("eval"), root.map("card"), config);
  take(config.out, root.text("out"));
  root.finish();
  if (config.out.empty()) refuse(root, "out", "'out' must name a directory");
  return config;
}

std::int64_t TrainConfig::warmup_steps() const {
  return warmup >= 0 ? warmup : std::min<std::int64_t>(100, steps / 10);
}

Schedule TrainConfig::schedule() const {
  return {learning_rate, decay, std::min(warmup_steps(), steps), steps, floor};
}

OrderedJson TrainConfig::to_json() const {
  auto paths = OrderedJson::array();
  for (const auto& path : data.paths) paths.push_back(path.string());
  OrderedJson tokenizer{{"end", end_token}};
  if (tokenizer_file.empty()) {
    tokenizer["vocab_size"] = vocab_size;
  } else {
    tokenizer["file"] = tokenizer_file.string();
  }
  OrderedJson json{
      {"data",
       {{"path", paths},
        {"field", data.field},
        {"separator", data.separator},
        {"validation", validation}}},
      {"tokenizer", tokenizer},
      {"model",
       {{"hidden_size", model.hidden_size},
        {"layers", model.num_hidden_layers},
        {"heads", model.num_attention_heads},
        {"kv_heads", model.num_key_value_heads},
        {"ffn", model.intermediate_size},
        {"context", model.max_position_embeddings},
        {"tied", model.tie_word_embeddings}}},
      {"optimiser",
       {{"lr", learning_rate},
        {"betas", {beta1, beta2}},
        {"epsilon", epsilon},
        {"weight_decay", weight_decay},
        {"clip", clip}}},
      {"schedule", {{"decay", name_of(decay)}, {"warmup", warmup_steps()}, {"floor", floor}}},
      {"batch", {{"rows", rows}, {"length", length}, {"accumulate", accumulate}}},
      {"steps", steps},
      {"seed", seed},
      {"eval", {{"every", eval_every}, {"batches", eval_batches}}}};
  return json;
}

}  // namespace aiops::train
