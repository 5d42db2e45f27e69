// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "commands/repositories.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <string>
#include <vector>

namespace aiops::commands {

struct TokenizerDecodeOptions {
  std::string tokenizer;
  std::vector<std::string> ids;  // none: standard input
  train::ShowSpecial special = train::ShowSpecial::yes;
  RegistryAccess registry;
};

void tokenizer_decode(const TokenizerDecodeOptions& options, Context& context);

}  // namespace aiops::commands
