// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "commands/repositories.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace aiops::commands {

struct TokenizerEncodeOptions {
  enum class Input { text, chat };
  enum class Show { ids, count, pieces };
  enum class AddSpecial { no, yes };

  std::string tokenizer;
  std::optional<std::string> text;  // none: standard input
  Input input = Input::text;
  Show show = Show::ids;
  train::SpecialTokens special = train::SpecialTokens::recognise;
  AddSpecial add_special = AddSpecial::no;
  std::filesystem::path chat_template;  // empty: the model's own
  RegistryAccess registry;
};

void tokenizer_encode(const TokenizerEncodeOptions& options, Context& context);

}  // namespace aiops::commands
