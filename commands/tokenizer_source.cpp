// SPDX-License-Identifier: Apache-2.0
#include "commands/tokenizer_source.hpp"

#include "base/file.hpp"
#include "train/model/stored_model.hpp"

namespace aiops::commands {

namespace fs = std::filesystem;

Positional tokenizer_positional() {
  return {.name = "TOKENIZER",
          .help = "tokenizer.json, a model's directory or GGUF file, or a reference to a model",
          .complete = Complete::reference_or_directory,
          .suffixes = ".json .gguf"};
}

TokenizerSource open_tokenizer(const std::string& word, const RegistryAccess& registry,
                               Context& context) {
  std::error_code ignored;
  const bool is_file = word.ends_with(".json") || fs::is_regular_file(word, ignored);
  if (is_file && !word.ends_with(".gguf"))
    return {train::Tokenizer::from_json(read_file(word, train::kMostTokenizer), word), {}};
  ModelSource model = open_model_source(word, registry, context);
  auto tokenizer = train::StoredModel::tokenizer_of(model.files);
  return {std::move(tokenizer), std::move(model)};
}

}  // namespace aiops::commands
