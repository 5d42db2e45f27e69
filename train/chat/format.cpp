// SPDX-License-Identifier: Apache-2.0
#include "train/chat/format.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

namespace aiops::train {
namespace {

ChatTemplate find_template(const TrainConfig& config, const std::optional<BaseModel>& base,
                           const Tokenizer& tokenizer) {
  if (const auto& file = config.chat.template_file; !file.empty())
    return ChatTemplate::parse(read_file(file, 16u << 20), file.string());
  if (base)
    if (const auto text = base->stored().chat_template(); !text.empty())
      return ChatTemplate::parse(text, base->name() + ": chat template");
  return chatml_for(tokenizer, base ? base->name() : config.tokenizer_file.string());
}

std::string spelling(const Tokenizer& tokenizer, std::int64_t id) {
  return id < 0 ? std::string() : tokenizer.bytes_of(static_cast<std::int32_t>(id));
}

}  // namespace

const ChatTemplate& chatml_for(const Tokenizer& tokenizer, const std::string& name) {
  for (const std::string& token : chatml_tokens())
    if (tokenizer.id_of(token) < 0)
      throw Error(ExitCode::usage,
                  name + ": has no chat template, and no special token " + token + " for ChatML",
                  "name a template whose tokens it has: --set chat.template=FILE.jinja");
  return ChatTemplate::chatml();
}

ChatFormat chat_format(ChatTemplate chat, const Tokenizer& tokenizer, std::int64_t bos,
                       std::int64_t eos) {
  return {std::move(chat), {.bos = spelling(tokenizer, bos), .eos = spelling(tokenizer, eos)}, bos};
}

std::vector<std::string> chatml_tokens() { return {"<|im_start|>", "<|im_end|>"}; }

ChatFormat settle_chat_format(TrainConfig& config, const std::optional<BaseModel>& base,
                              const Tokenizer& tokenizer, ModelConfig& model, Status& status) {
  ChatFormat format = chat_format(find_template(config, base, tokenizer), tokenizer,
                                  model.bos_token_id, model.eos_token_id);
  config.chat.template_text = format.chat.text();
  const std::int64_t end = end_of_turn(format, tokenizer);
  if (end < 0) {
    status.warn("the chat template ends a turn with no special token: the model may never stop");
  } else if (!model.is_end(end)) {
    status.step("a turn ends with " + spelling(tokenizer, end) + ": it ends the model's texts now");
    model.other_eos_token_ids.clear();
    model.eos_token_id = end;
  }
  return format;
}

void keep_chat_template(TrainConfig& config, const BaseModel& base) {
  config.chat.template_text = base.stored().chat_template();
}

std::vector<std::string> texts_of(const Conversations& conversations) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < conversations.size(); ++i)
    for (ChatMessage& message : conversations.read(i)) texts.push_back(std::move(message.content));
  return texts;
}

}  // namespace aiops::train
