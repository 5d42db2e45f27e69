// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/model_source.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <optional>
#include <string>

namespace aiops::commands {

// What the verbs of this family take for a tokenizer.
Positional tokenizer_positional();

// Where a tokenizer was found. A tokenizer.json by itself belongs to no model.
struct TokenizerSource {
  train::Tokenizer tokenizer;
  std::optional<ModelSource> model;
};

// `word` is a tokenizer.json, a model's directory, a GGUF file, or a reference as
// open_model_source() takes it.
TokenizerSource open_tokenizer(const std::string& word, const RegistryAccess& registry,
                               Context& context);

}  // namespace aiops::commands
