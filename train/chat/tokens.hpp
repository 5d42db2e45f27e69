// SPDX-License-Identifier: Apache-2.0
// Conversations as tokens. What is to be learnt is told by its place, never by its id: a token that
// ends a turn is learnt after the assistant's words and read over after the user's, whatever other
// use it has. The pieces between the bounds of turns are tokenised each by itself, as they are
// when the model answers: what it is asked first, then what it says.
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/chat/conversations.hpp"
#include "train/chat/template.hpp"
#include "train/task.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace aiops::train {

// How a model writes conversations.
struct ChatFormat {
  ChatTemplate chat;
  ChatVariables variables;
  std::int64_t bos = -1;  // never written twice at the start
};

// Appends one conversation to `tokens`: ids that are to be learnt, complements (~id) of the others.
// The first token is never learnt.
void encode_chat(std::span<const ChatMessage> messages, const ChatFormat& format, Learn learn,
                 Tokenizer::Encoder& encoder, std::vector<std::int32_t>& tokens);

// The special token that ends the assistant's turns; -1 when the template ends them with none.
std::int64_t end_of_turn(const ChatFormat& format, const Tokenizer& tokenizer);

// Tokenises all conversations on all threads into a token cache (token_cache.hpp), each a document.
// Throws Error{failed} "FILE:LINE: …" for the first that cannot be read or rendered.
void write_chat_cache(const std::filesystem::path& file, const Conversations& conversations,
                      const ChatFormat& format, Learn learn, const Tokenizer& tokenizer,
                      ThreadPool& threads, Status& status, const StopFlag& stop);

}  // namespace aiops::train
