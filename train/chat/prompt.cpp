// SPDX-License-Identifier: Apache-2.0
#include "train/chat/prompt.hpp"

#include "base/error.hpp"

namespace aiops::train {

std::string chat_prompt(const LoadedModel& loaded, std::span<const ChatMessage> messages) {
  if (loaded.chat_template.empty())
    throw Error(ExitCode::usage,
                "this model has no chat template: it was not made for conversation",
                "leave out --chat, and it continues the text");
  const auto spelling = [&](std::int64_t token) {
    return token < 0 ? std::string() : loaded.tokenizer.bytes_of(static_cast<std::int32_t>(token));
  };
  const ModelConfig& config = loaded.model->config();
  return ChatTemplate::parse(loaded.chat_template, "the chat template")
      .render(messages, AddGenerationPrompt::yes,
              {.bos = spelling(config.bos_token_id), .eos = spelling(config.eos_token_id)});
}

}  // namespace aiops::train
