// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/model.hpp"
#include "train/tokenizer.hpp"

#include <filesystem>
#include <string>

namespace aiops::train {

// Writes into an existing directory what Hugging Face's libraries load as it is: config.json,
// generation_config.json, tokenizer.json, tokenizer_config.json, model.safetensors, and `card` as
// README.md.
void write_model_directory(const std::filesystem::path& directory, Model& model,
                           const Tokenizer& tokenizer, const std::string& card);

}  // namespace aiops::train
