// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/model/model.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace aiops::train {

// The files of a model directory but its weights, by name: config.json first, tokenizer.json,
// tokenizer_config.json, `card` as README.md, generation_config.json of a language model and,
// unless it is empty, chat_template.jinja.
std::vector<std::pair<std::string, std::string>> model_texts(const ModelConfig& config,
                                                             const Tokenizer& tokenizer,
                                                             const std::string& tokenizer_json,
                                                             const std::string& card,
                                                             const std::string& chat_template = {});

// Writes into an existing directory what Hugging Face's libraries load as it is: the above and
// model.safetensors.
void write_model_directory(const std::filesystem::path& directory, Model& model,
                           const Tokenizer& tokenizer, const std::string& card,
                           const std::string& chat_template = {});

}  // namespace aiops::train
