// SPDX-License-Identifier: Apache-2.0
#include "train/model/card.hpp"

#include "base/json.hpp"
#include "base/units.hpp"
#include "base/version.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::size_t kMostNamed = 100;  // labels

// A YAML scalar that is safe whatever it holds: JSON strings are YAML.
std::string quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string front_matter(const TrainConfig& config) {
  std::string text = "---\nlicense: " + quoted(config.licence) + "\n";
  if (!config.language.empty()) text += "language:\n- " + quoted(config.language) + "\n";
  if (!config.base.empty()) text += "base_model: " + quoted(config.base) + "\n";
  const bool is_language = head_of(config.task) == HeadKind::language;
  return text + "library_name: transformers\npipeline_tag: " +
         (is_language ? "text-generation" : "text-classification") +
         "\ntags:\n- llama\n- aiops\n---\n";
}

// What the model says of a text, unless it goes on with it.
std::string labels_text(const ModelHead& head) {
  if (head.is_language()) return {};
  std::string text = head.kind == HeadKind::classification ? "## Labels\n\n" : "## Numbers\n\n";
  for (std::size_t id = 0; id < std::min(head.labels.size(), kMostNamed); ++id)
    text += fmt::format("{}. {}\n", id, quoted(head.labels[id]));
  if (head.labels.size() > kMostNamed)
    text += fmt::format("\nand so on, {} in all: `id2label` in config.json.\n", head.labels.size());
  return text + "\n";
}

std::string origin(const TrainerState& state) {
  if (!state.base) return "trained from scratch";
  const std::string base =
      fmt::format("fine-tuned from `{}` ({})", state.base->name, state.base->digest);
  if (!state.adapter) return base;
  return fmt::format("{} and its adapters `{}` ({})", base, state.adapter->name,
                     state.adapter->digest);
}

std::string data_table(const TrainerState& state) {
  std::string text = "| file | bytes | sha256 |\n|---|---:|---|\n";
  for (const DataFile& file : state.data)
    text += fmt::format("| `{}` | {} | `{}` |\n", file.path, file.bytes, file.sha256);
  return text;
}

}  // namespace

std::string model_card(const TrainConfig& config, const ModelConfig& model,
                       const TrainerState& state) {
  const std::string name = config.name.empty() ? config.out.filename().string() : config.name;
  std::string text = front_matter(config) + fmt::format("\n# {}\n\n", name);
  if (!config.description.empty()) text += config.description + "\n\n";
  text += fmt::format(
      "A Llama-style decoder of {} parameters, {} by aiops {}.\n\n"
      "## Model\n\n"
      "{} layers, {} wide, {} heads ({} for keys and values), feed-forward {} wide, context {}, "
      "vocabulary {} (byte-level BPE).\n\n",
      format_count(model.parameter_count()), origin(state), kVersion, model.num_hidden_layers,
      model.hidden_size, model.num_attention_heads, model.num_key_value_heads,
      model.intermediate_size, model.max_position_embeddings, model.vocab_size);
  text += labels_text(model.head) + "## Training data\n\n" + data_table(state);
  text += fmt::format(
      "\n## Training\n\n"
      "Step {} of {}, {} tokens ({} a step), {} with a highest learning rate of {}, seed {}.\n"
      "Loss of the last step {:.4f}",
      state.step, state.steps, state.tokens, config.tokens_per_step(),
      title_of(config.optimiser.kind), format_number(config.optimiser.learning_rate), config.seed,
      state.loss);
  text += state.validation_loss ? fmt::format(", validation loss {:.4f}{}.\n",
                                              *state.validation_loss, told(state.measures))
                                : ".\n";
  return text;
}

}  // namespace aiops::train
