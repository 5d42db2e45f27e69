// SPDX-License-Identifier: Apache-2.0
// Chat templates, as Hugging Face models carry them: how a conversation becomes the text that the
// model was trained on, and which bytes of it are the assistant's. The language is the part of
// Jinja that these templates use (train/jinja/), with the settings of transformers.
#pragma once

#include "train/model/files.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

namespace jinja {
struct Template;
}

struct ChatMessage {
  std::string role;  // "system", "user", "assistant", "tool", as the template knows them
  std::string content;
  // A JSON object of further members (tool_calls, …), in the order in which templates print them;
  // its "content" holds instead of the one above. Empty for none.
  std::string members = {};
};

enum class AddGenerationPrompt { no, yes };

// What a template sees beside the messages.
struct ChatVariables {
  std::string bos;  // the spelling of bos_token; empty for none
  std::string eos;  // the spelling of eos_token
  std::string more =
      {};  // a JSON object of further variables (tools, enable_thinking, …), or empty
};

// Bytes [begin, end) of a text.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const TextRange&) const = default;
};

struct RenderedChat {
  std::string text;
  std::vector<TextRange> assistant;  // in order, disjoint: what the model has to learn to write
};

class ChatTemplate {
 public:
  // Throws Error{failed} naming `what` and the line of what is not understood.
  static ChatTemplate parse(std::string_view text, std::string_view what);
  // ChatML, for tokenizers without a template: <|im_start|>role, the content, <|im_end|>.
  static const ChatTemplate& chatml();
  // The template of a model directory: chat_template.jinja, else chat_template in
  // tokenizer_config.json (of several, the one named default); none when there is neither.
  static std::optional<ChatTemplate> read(const std::filesystem::path& directory);
  static std::optional<ChatTemplate> read(const ModelFiles& files);

  // As it was written.
  const std::string& text() const;

  // The conversation as text. Throws Error{failed} when the template refuses the conversation
  // (raise_exception), or takes more steps or output than any conversation needs.
  std::string render(std::span<const ChatMessage> messages, AddGenerationPrompt prompt,
                     const ChatVariables& variables) const;

  // The whole conversation, and the turns of the assistant in it: what follows the generation
  // prompt, up to and with the end-of-turn token. How they are found: see chat_spans.cpp. Throws
  // Error{failed} when the template does not tell.
  RenderedChat render_with_spans(std::span<const ChatMessage> messages,
                                 const ChatVariables& variables) const;

 private:
  explicit ChatTemplate(std::shared_ptr<const jinja::Template> parsed)
      : parsed_(std::move(parsed)) {}
  std::shared_ptr<const jinja::Template> parsed_;
};

}  // namespace aiops::train
