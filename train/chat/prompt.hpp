// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/chat/template.hpp"
#include "train/generation/generator.hpp"

#include <span>
#include <string>

namespace aiops::train {

// The text that asks a model for the next turn of a conversation, by the model's own chat template.
// Throws Error{usage} when it has none.
std::string chat_prompt(const LoadedModel& loaded, std::span<const ChatMessage> messages);

}  // namespace aiops::train
