// SPDX-License-Identifier: Apache-2.0
// A conversation as a template sees it; for the files that render.
#pragma once

#include "train/chat/template.hpp"
#include "train/jinja/interpreter.hpp"

namespace aiops::train {

jinja::Value chat_messages(std::span<const ChatMessage> messages);
jinja::Dict chat_variables(const jinja::Value& messages, AddGenerationPrompt prompt,
                           const ChatVariables& variables);

}  // namespace aiops::train
