// SPDX-License-Identifier: Apache-2.0
#include "train/model_directory.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "train/weights.hpp"

#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

void write_json(const std::filesystem::path& path, const OrderedJson& json) {
  write_file_atomically(path, json.dump(2) + "\n");
}

OrderedJson token_text(const Tokenizer& tokenizer, std::int64_t id) {
  if (id < 0) return nullptr;
  return tokenizer.bytes_of(static_cast<std::int32_t>(id));
}

OrderedJson tokenizer_config(const ModelConfig& config, const Tokenizer& tokenizer) {
  return {{"tokenizer_class", "PreTrainedTokenizerFast"},
          {"bos_token", token_text(tokenizer, config.bos_token_id)},
          {"eos_token", token_text(tokenizer, config.eos_token_id)},
          {"model_max_length", config.max_position_embeddings},
          {"clean_up_tokenization_spaces", false}};
}

OrderedJson generation_config(const ModelConfig& config) {
  OrderedJson json{{"do_sample", true}, {"temperature", 0.8}, {"top_k", 50}};
  if (config.bos_token_id >= 0) json["bos_token_id"] = config.bos_token_id;
  if (config.eos_token_id >= 0) json["eos_token_id"] = config.eos_token_id;
  return json;
}

}  // namespace

void write_model_directory(const std::filesystem::path& directory, Model& model,
                           const Tokenizer& tokenizer, const std::string& card) {
  const ModelConfig& config = model.config();
  write_json(directory / "config.json", config.to_json());
  write_json(directory / "generation_config.json", generation_config(config));
  write_file_atomically(directory / "tokenizer.json", tokenizer.to_json());
  write_json(directory / "tokenizer_config.json", tokenizer_config(config, tokenizer));
  write_file_atomically(directory / "README.md", card);
  save_tensors(directory / "model.safetensors", tensors_of(model));
}

}  // namespace aiops::train
