// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "train/data/corpus.hpp"
#include "train/tokenizer/splitter.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace aiops::commands {

struct TokenizerTrainOptions {
  train::CorpusOptions data;
  std::int64_t vocab_size = 4096;
  train::Splitter splitter = train::Splitter::gpt2;
  std::vector<std::string> special_tokens;
  std::filesystem::path out;
  std::size_t threads = 0;
};

void tokenizer_train(const TokenizerTrainOptions& options, Context& context);

}  // namespace aiops::commands
