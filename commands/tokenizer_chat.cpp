// SPDX-License-Identifier: Apache-2.0
#include "commands/tokenizer_chat.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "train/chat/format.hpp"
#include "train/chat/tokens.hpp"
#include "train/model/stored_model.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

using Options = TokenizerEncodeOptions;

constexpr std::size_t kBlock = 1 << 16;
constexpr std::size_t kLongestLine = std::size_t{64} << 20;
constexpr std::uint64_t kMostTemplate = 16u << 20;
constexpr std::int64_t kNotLearnt = -100;  // the label that losses pass over

// The lines of a text, or of standard input as they come.
class Lines {
 public:
  Lines(const std::optional<std::string>& text, Context& context)
      : context_(context), pending_(text.value_or("")), ended_(text) {}

  // Without its line end, until the next one; nothing at the end.
  std::optional<std::string_view> next() {
    for (std::size_t searched = at_;;) {
      const std::size_t end = pending_.find('\n', searched);
      if (end != std::string::npos || ended_) {
        if (at_ == pending_.size()) return std::nullopt;
        const auto line = std::string_view(pending_).substr(at_, end - at_);
        at_ += line.size() + (end == std::string::npos ? 0 : 1);
        ++number_;
        return line;
      }
      pending_.erase(0, at_);
      at_ = 0;
      searched = pending_.size();
      const std::string more = context_.more_input(kBlock);
      ended_ = more.empty();
      pending_ += more;
      if (pending_.size() > kLongestLine + kBlock)
        throw Error(ExitCode::usage, "a line of standard input has more than 64 MiB");
    }
  }

  // Of the line that next() gave.
  std::string where() const { return "standard input:" + std::to_string(number_); }

 private:
  Context& context_;
  std::string pending_;
  std::size_t at_ = 0;  // what comes next in it
  bool ended_;
  std::uint64_t number_ = 0;
};

// The model's own template, or ChatML for a tokenizer that has its tokens.
train::ChatTemplate find_template(const Options& options, const TokenizerSource& source) {
  const auto& file = options.chat_template;
  if (!file.empty())
    return train::ChatTemplate::parse(read_file(file, kMostTemplate), file.string());
  try {
    return train::chatml_for(source.tokenizer, options.tokenizer);
  } catch (Error& error) {
    error.mend = "name a template whose tokens it has: --template FILE.jinja";
    throw;
  }
}

// What a conversation is written by, and what it is about to teach. Says what keeps a model from
// stopping.
train::ChatFormat find_format(const Options& options, const TokenizerSource& source,
                              Context& context) {
  std::optional<train::StoredModel> stored;
  if (source.model) stored = train::StoredModel::open(source.model->files);
  const auto own = stored ? stored->chat_template() : std::string();
  const bool has_own = options.chat_template.empty() && !own.empty();
  const auto format = train::chat_format(
      has_own ? train::ChatTemplate::parse(own, options.tokenizer + ": chat template")
              : find_template(options, source),
      source.tokenizer, stored ? stored->config().bos_token_id : -1,
      stored ? stored->config().eos_token_id : -1);
  const std::int64_t end = train::end_of_turn(format, source.tokenizer);
  if (end < 0)
    context.status.warn(
        "the chat template ends a turn with no special token: the model may never stop");
  else if (stored && !stored->config().is_end(end))
    context.status.warn(
        fmt::format("a turn ends with {}, which does not end the texts of {}: it may never stop",
                    source.tokenizer.bytes_of(static_cast<std::int32_t>(end)), options.tokenizer));
  return format;
}

struct Totals {
  std::uint64_t conversations = 0;
  std::uint64_t tokens = 0;
  std::uint64_t learnt = 0;
};

// `tokens` as encode_chat() makes them.
void tell(std::span<const std::int32_t> tokens, const std::string& text, std::uint64_t number,
          const train::Tokenizer& tokenizer, Report& report) {
  auto ids = OrderedJson::array(), labels = OrderedJson::array();
  std::string lines;
  std::uint64_t learnt = 0;
  for (const std::int32_t token : tokens) {
    const bool is_learnt = token >= 0;
    const std::int32_t id = is_learnt ? token : ~token;
    learnt += is_learnt ? 1 : 0;
    if (report.is_json()) {
      ids.push_back(id);
      labels.push_back(is_learnt ? std::int64_t{id} : kNotLearnt);
    } else {
      lines += fmt::format("{}{}\t{}\t{}\t{}", lines.empty() ? "" : "\n", number, id,
                           is_learnt ? '+' : '-', printable(tokenizer.bytes_of(id)));
    }
  }
  report.line({{"ids", std::move(ids)},
               {"labels", std::move(labels)},
               {"tokens", tokens.size()},
               {"learnt", learnt},
               {"text", text}},
              lines);
}

}  // namespace

void encode_conversations(const Options& options, const TokenizerSource& source, Context& context) {
  const auto format = find_format(options, source, context);
  train::Tokenizer::Encoder encoder(source.tokenizer);
  Lines lines(options.text, context);
  Totals totals;
  std::vector<std::int32_t> tokens;
  while (const auto line = lines.next()) {
    context.stop.check();
    if (line->find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto messages = train::parse_conversation(*line, lines.where());
    tokens.clear();
    try {
      train::encode_chat(messages, format, train::Learn::assistant, encoder, tokens);
    } catch (Error& error) {
      error.message = lines.where() + ": " + error.message;
      throw;
    }
    ++totals.conversations;
    totals.tokens += tokens.size();
    for (const std::int32_t token : tokens) totals.learnt += token >= 0 ? 1 : 0;
    if (options.show == Options::Show::count) continue;
    const auto prompt = train::AddGenerationPrompt::no;
    tell(tokens, format.chat.render(messages, prompt, format.variables), totals.conversations,
         source.tokenizer, context.report);
  }
  if (options.show == Options::Show::count)
    context.report.answer({},
                          {{"conversations", totals.conversations},
                           {"tokens", totals.tokens},
                           {"learnt", totals.learnt}},
                          fmt::format("{} tokens in {} conversations, {} of them learnt",
                                      totals.tokens, totals.conversations, totals.learnt));
}

}  // namespace aiops::commands
