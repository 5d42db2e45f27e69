// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "train/data/corpus.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace aiops::commands {

struct TokenizerTrainOptions {
  train::CorpusOptions data;
  std::int64_t vocab_size = 4096;
  std::vector<std::string> special_tokens;
  std::filesystem::path out;
};

struct TokenizerEncodeOptions {
  std::filesystem::path tokenizer;  // tokenizer.json, or the directory that holds it
  std::string text;
  train::SpecialTokens special = train::SpecialTokens::recognise;
};

struct TokenizerDecodeOptions {
  std::filesystem::path tokenizer;
  std::vector<std::int32_t> ids;
};

Verb tokenizer_verb();
void tokenizer_train(const TokenizerTrainOptions& options, Context& context);
void tokenizer_encode(const TokenizerEncodeOptions& options, Context& context);
void tokenizer_decode(const TokenizerDecodeOptions& options, Context& context);

}  // namespace aiops::commands
