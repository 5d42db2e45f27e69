// SPDX-License-Identifier: Apache-2.0
// Which bytes of a rendered conversation are the assistant's. Three ways, the first that applies:
//
// 1. The template says so: {% generation %} … {% endgeneration %}.
// 2. The template walks over the messages: we run it ourselves, so we know what each turn of its
//    outermost loop wrote, and for which message. One rendering of the whole conversation: right
//    even where a template writes the last turn otherwise than the earlier ones (Qwen3 drops old
//    thoughts), where comparing renderings of prefixes goes wrong.
// 3. Else renderings of prefixes, each of which must be a prefix of the whole; refused when not.
//
// Of such a turn, its head is what generation gives the model (the generation prompt, when the turn
// has it; else what stands before the content) and is not learnt. Its tail is: the
// end-of-turn token above all, without which a model never stops. White space after that token is
// never generated and not learnt.
#include "base/error.hpp"
#include "train/chat/variables.hpp"
#include "train/jinja/python_text.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

using jinja::Side;
using jinja::Value;

constexpr std::string_view kAssistant = "assistant";

std::string_view trimmed(std::string_view text, Side side = Side::both) {
  return jinja::stripped(text, std::nullopt, side);
}

class Spans {
 public:
  Spans(const jinja::Template& parsed, std::span<const ChatMessage> messages,
        const ChatVariables& variables)
      : template_(parsed), messages_(messages), variables_(variables) {}

  RenderedChat find() {
    const Value list = chat_messages(messages_);
    auto rendered = run(list, AddGenerationPrompt::no);
    chat_.text = std::move(rendered.text);
    if (template_.marks_generation) {
      for (const auto& [begin, end] : rendered.generation) add({begin, end});
      return in_order();
    }
    std::vector<TextRange> turns = turns_of(list, rendered);
    if (turns.empty()) turns = turns_by_prefixes();
    const std::string prompt = generation_prompt();
    for (std::size_t i = 0; i < messages_.size(); ++i)
      if (messages_[i].role == kAssistant && turns[i].end > turns[i].begin)
        add(without_head(without_tail(turns[i], messages_[i]), messages_[i], prompt));
    return in_order();
  }

 private:
  jinja::Rendered run(const Value& list, AddGenerationPrompt prompt) const {
    return jinja::run(template_, chat_variables(list, prompt, variables_));
  }
  std::string text_of(std::size_t count, AddGenerationPrompt prompt) const {
    return run(chat_messages(messages_.first(count)), prompt).text;
  }
  std::string_view text(TextRange range) const {
    return std::string_view(chat_.text).substr(range.begin, range.end - range.begin);
  }
  void add(TextRange range) {
    if (range.end > range.begin) chat_.assistant.push_back(range);
  }
  // A template may write turns in another order, or one {% generation %} inside of another.
  RenderedChat in_order() {
    auto& ranges = chat_.assistant;
    std::ranges::sort(ranges, {}, &TextRange::begin);
    std::size_t kept = 0;
    for (std::size_t i = 1; i < ranges.size(); ++i)
      if (ranges[i].begin < ranges[kept].end)
        ranges[kept].end = std::max(ranges[kept].end, ranges[i].end);
      else
        ranges[++kept] = ranges[i];
    if (!ranges.empty()) ranges.resize(kept + 1);
    return std::move(chat_);
  }

  [[noreturn]] void refuse() const {
    throw Error(ExitCode::failed,
                template_.what + ": the chat template does not tell what the assistant writes",
                "put {% generation %} and {% endgeneration %} around it in the template");
  }

  // By message; empty when a turn of the assistant's was not written by exactly one loop turn.
  std::vector<TextRange> turns_of(const Value& list, const jinja::Rendered& rendered) const {
    std::vector<TextRange> turns(messages_.size());
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      if (messages_[i].role != kAssistant) continue;
      const jinja::Dict* const message = &list.items()[i].entries();
      for (const auto& [item, written] : rendered.turns) {
        if (!item.is_dict() || &item.entries() != message) continue;
        if (turns[i].end > 0) return {};
        turns[i] = {written.begin, written.end};
      }
      if (turns[i].end == 0) return {};
    }
    end_with_the_text(turns);
    return turns;
  }

  // Some templates write the last end of turn after the loop.
  void end_with_the_text(std::vector<TextRange>& turns) const {
    if (turns.empty() || variables_.eos.empty()) return;
    const std::string_view rest = std::string_view(chat_.text).substr(turns.back().end);
    if (turns.back().end > 0 && trimmed(rest) == variables_.eos)
      turns.back().end = chat_.text.size();
  }

  std::vector<TextRange> turns_by_prefixes() const {
    std::vector<TextRange> turns(messages_.size());
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      if (messages_[i].role != kAssistant) continue;
      const std::string before = text_of(i, AddGenerationPrompt::no);
      const std::string with = text_of(i + 1, AddGenerationPrompt::no);
      if (!with.starts_with(before) || !chat_.text.starts_with(with)) refuse();
      turns[i] = {before.size(), with.size()};
    }
    return turns;
  }

  // What the template adds for a model that is to answer; empty when it adds nothing.
  std::string generation_prompt() const {
    const ChatMessage question{"user", "x", {}};
    std::size_t first = 0;
    while (first < messages_.size() && messages_[first].role != kAssistant) ++first;
    const auto before = first > 0 ? messages_.first(std::min(first, messages_.size()))
                                  : std::span<const ChatMessage>(&question, 1);
    try {
      const Value list = chat_messages(before);
      const std::string plain = run(list, AddGenerationPrompt::no).text;
      const std::string prompted = run(list, AddGenerationPrompt::yes).text;
      return prompted.starts_with(plain) ? prompted.substr(plain.size()) : std::string();
    } catch (const Error&) {
      return {};  // a template that refuses such a beginning
    }
  }

  TextRange without_tail(TextRange turn, const ChatMessage& message) const {
    const std::string_view written = text(turn);
    const std::string_view content = trimmed(message.content);
    const std::size_t found = content.empty() ? std::string_view::npos : written.rfind(content);
    const std::size_t tail = found == std::string_view::npos ? 0 : found + content.size();
    const std::string_view end_of_turn = trimmed(written.substr(tail), Side::right);
    // A tail of white space alone is itself what ends the turn.
    if (!end_of_turn.empty()) turn.end = turn.begin + tail + end_of_turn.size();
    return turn;
  }

  TextRange without_head(TextRange turn, const ChatMessage& message,
                         std::string_view prompt) const {
    const std::string_view written = text(turn);
    prompt = trimmed(prompt, Side::left);
    // A template may write its own system message before the first turn's header.
    if (const std::size_t at = written.find(prompt); !prompt.empty() && at != written.npos)
      return {turn.begin + at + prompt.size(), turn.end};
    const std::string_view content = trimmed(message.content);
    const std::size_t found = written.find(content);
    if (content.empty() || found == std::string_view::npos) refuse();
    // White space alone is no header: the model has to write it.
    if (trimmed(written.substr(0, found)).empty()) return turn;
    return {turn.begin + found, turn.end};
  }

  const jinja::Template& template_;
  std::span<const ChatMessage> messages_;
  const ChatVariables& variables_;
  RenderedChat chat_;
};

}  // namespace

RenderedChat ChatTemplate::render_with_spans(std::span<const ChatMessage> messages,
                                             const ChatVariables& variables) const {
  return Spans(*parsed_, messages, variables).find();
}

}  // namespace aiops::train
