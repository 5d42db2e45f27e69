// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/chat/tokens.hpp"
#include "train/config/config.hpp"
#include "train/model/base_model.hpp"

#include <optional>

namespace aiops::train {

// How this run writes conversations: by the template that the configuration names, else the base's
// own, else ChatML. Sets the model's end token to the one that ends a turn, so that what learns
// from it stops there, and records the template in `config`. Throws Error{usage} when the template
// needs special tokens that the tokenizer has not.
ChatFormat settle_chat_format(TrainConfig& config, const std::optional<BaseModel>& base,
                              const Tokenizer& tokenizer, ModelConfig& model, Status& status);

// A template with what it sees of a tokenizer: the spellings of these two tokens (-1: none).
ChatFormat chat_format(ChatTemplate chat, const Tokenizer& tokenizer, std::int64_t bos,
                       std::int64_t eos);

// ChatML, for a tokenizer without a template. Throws Error{usage} naming it when it has not the
// special tokens.
const ChatTemplate& chatml_for(const Tokenizer& tokenizer, const std::string& name);

// A base that can chat still can when it has learnt text.
void keep_chat_template(TrainConfig& config, const BaseModel& base);

// The texts of all messages, and the special tokens of ChatML, for a tokenizer that is learnt.
std::vector<std::string> texts_of(const Conversations& conversations);
std::vector<std::string> chatml_tokens();

}  // namespace aiops::train
