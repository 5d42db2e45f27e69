// SPDX-License-Identifier: Apache-2.0
#include "train/model/directory.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "train/model/weights.hpp"

#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

std::string to_lines(const OrderedJson& json) { return json.dump(2) + "\n"; }

OrderedJson token_text(const Tokenizer& tokenizer, std::int64_t id) {
  if (id < 0) return nullptr;
  return tokenizer.bytes_of(static_cast<std::int32_t>(id));
}

OrderedJson tokenizer_config(const ModelConfig& config, const Tokenizer& tokenizer,
                             const std::string& chat_template) {
  OrderedJson json{{"tokenizer_class", "PreTrainedTokenizerFast"},
                   {"bos_token", token_text(tokenizer, config.bos_token_id)},
                   {"eos_token", token_text(tokenizer, config.eos_token_id)},
                   {"model_max_length", config.max_position_embeddings},
                   {"clean_up_tokenization_spaces", false}};
  if (!config.head.is_language()) json["pad_token"] = token_text(tokenizer, config.pad_token_id);
  if (!chat_template.empty()) json["chat_template"] = chat_template;  // for older readers
  return json;
}

OrderedJson generation_config(const ModelConfig& config) {
  OrderedJson json{{"do_sample", true}, {"temperature", 0.8}, {"top_k", 50}};
  if (config.bos_token_id >= 0) json["bos_token_id"] = config.bos_token_id;
  if (config.eos_token_id >= 0) json["eos_token_id"] = config.eos_token_id;
  return json;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> model_texts(const ModelConfig& config,
                                                             const Tokenizer& tokenizer,
                                                             const std::string& tokenizer_json,
                                                             const std::string& card,
                                                             const std::string& chat_template) {
  std::vector<std::pair<std::string, std::string>> texts{
      {"config.json", to_lines(config.to_json())},
      {"tokenizer.json", tokenizer_json},
      {"tokenizer_config.json", to_lines(tokenizer_config(config, tokenizer, chat_template))},
      {"README.md", card}};
  if (config.head.is_language())
    texts.emplace_back("generation_config.json", to_lines(generation_config(config)));
  if (!chat_template.empty()) texts.emplace_back("chat_template.jinja", chat_template);
  return texts;
}

void write_model_directory(const std::filesystem::path& directory, Model& model,
                           const Tokenizer& tokenizer, const std::string& card,
                           const std::string& chat_template) {
  for (const auto& [name, bytes] :
       model_texts(model.config(), tokenizer, tokenizer.to_json(), card, chat_template))
    write_file_atomically(directory / name, bytes);
  save_tensors(directory / "model.safetensors", parameters_of(model));
}

}  // namespace aiops::train
