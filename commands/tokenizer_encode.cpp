// SPDX-License-Identifier: Apache-2.0
#include "commands/tokenizer_encode.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "commands/tokenizer.hpp"
#include "commands/tokenizer_chat.hpp"
#include "commands/tokenizer_source.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

using Options = TokenizerEncodeOptions;

constexpr std::size_t kBlock = 1 << 16;
constexpr std::size_t kStretch = 1 << 20;
constexpr std::size_t kLongestStretch = std::size_t{1} << 30;

// A text, whole or as standard input brings it, in stretches that may be encoded one by one.
class Stretches {
 public:
  Stretches(const train::Tokenizer& tokenizer, const std::optional<std::string>& text,
            Context& context)
      : tokenizer_(tokenizer), context_(context), pending_(text.value_or("")), ended_(text) {}

  // The next one, in memory until the one after; nothing at the end.
  std::optional<std::string_view> next() {
    pending_.erase(0, given_);
    given_ = 0;
    while (!ended_) {
      if (const auto cut = find_cut()) return give(*cut);
      const std::string more = context_.more_input(kBlock);
      ended_ = more.empty();
      pending_ += more;
      if (pending_.size() > kLongestStretch)
        throw Error(ExitCode::usage,
                    "standard input has more than 1 GiB without a place to cut at: a line end "
                    "between two ASCII characters");
    }
    if (pending_.empty()) return std::nullopt;
    return give(pending_.size());
  }

 private:
  std::string_view give(std::size_t size) {
    given_ = size;
    searched_ = 0;
    const auto stretch = std::string_view(pending_).substr(0, size);
    if (!warned_ && !is_utf8(stretch)) {
      context_.status.warn("the text is not all UTF-8: what is not is encoded byte by byte");
      warned_ = true;
    }
    return stretch;
  }

  std::optional<std::size_t> find_cut() {
    if (pending_.size() <= std::max(kStretch, searched_)) return std::nullopt;
    const std::size_t cut = tokenizer_.safe_cut(pending_, std::max(kStretch, searched_));
    if (cut < pending_.size()) return cut;
    searched_ = pending_.size() - 1;  // the last byte may be a line end
    return std::nullopt;
  }

  const train::Tokenizer& tokenizer_;
  Context& context_;
  std::string pending_;
  std::size_t given_ = 0;     // of it, in the last stretch
  std::size_t searched_ = 0;  // of it, for a cut
  bool ended_;
  bool warned_ = false;
};

// Tells the ids as they come, and at the end what they were.
class Teller {
 public:
  Teller(const train::Tokenizer& tokenizer, Options::Show show, Report& report)
      : tokenizer_(tokenizer), show_(show), report_(report) {
    if (show_ == Options::Show::ids && report_.is_json()) report_.raw("{\"ids\":[");
  }

  void tell(std::span<const std::int32_t> ids) {
    if (show_ == Options::Show::pieces)
      for (const std::int32_t id : ids) tell_piece(id);
    if (show_ == Options::Show::ids) tell_ids(ids);
    tokens_ += ids.size();
  }

  void end(std::uint64_t bytes) {
    if (show_ == Options::Show::count)
      report_.answer({}, {{"tokens", tokens_}, {"bytes", bytes}}, std::to_string(tokens_));
    if (show_ != Options::Show::ids) return;
    report_.raw(report_.is_json() ? "],\"tokens\":" + std::to_string(tokens_) + "}\n" : "\n");
  }

 private:
  void tell_ids(std::span<const std::int32_t> ids) {
    const char between = report_.is_json() ? ',' : ' ';
    std::string text;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (tokens_ + i > 0) text += between;
      text += std::to_string(ids[i]);
      if (text.size() < kBlock) continue;
      report_.raw(text);
      text.clear();
    }
    report_.raw(text);
  }

  void tell_piece(std::int32_t id) {
    const std::string bytes = tokenizer_.bytes_of(id);
    OrderedJson value{{"id", id}, {"text", bytes}};
    if (!is_utf8(bytes)) value["hex"] = to_hex(bytes);
    report_.line(value, std::to_string(id) + "\t" + printable(bytes));
  }

  const train::Tokenizer& tokenizer_;
  Options::Show show_;
  Report& report_;
  std::uint64_t tokens_ = 0;
};

void encode_text(const Options& options, const train::Tokenizer& tokenizer, Context& context) {
  Stretches stretches(tokenizer, options.text, context);
  Teller teller(tokenizer, options.show, context.report);
  const bool adds = options.add_special == Options::AddSpecial::yes;
  train::Tokenizer::Encoder encoder(tokenizer, options.special);
  if (adds) teller.tell(tokenizer.before());
  std::uint64_t bytes = 0;
  auto begin = train::Begin::text;
  std::vector<std::int32_t> ids;
  while (const auto stretch = stretches.next()) {
    context.stop.check();
    bytes += stretch->size();
    ids.clear();
    encoder.encode(*stretch, ids, begin);
    begin = train::Begin::inside;
    teller.tell(ids);
  }
  if (adds) teller.tell(tokenizer.after());
  teller.end(bytes);
}

Options resolve(const Arguments& arguments) {
  Options options;
  options.tokenizer = arguments.word("TOKENIZER");
  for (const std::string& word : arguments.words("TEXT"))
    options.text = options.text ? *options.text + " " + word : word;
  if (arguments.is_on("chat")) options.input = Options::Input::chat;
  if (arguments.is_on("count")) options.show = Options::Show::count;
  if (arguments.is_on("pieces")) options.show = Options::Show::pieces;
  if (arguments.is_on("count") && arguments.is_on("pieces"))
    throw Error(ExitCode::usage, "--count does not go with --pieces");
  if (arguments.is_on("literal")) options.special = train::SpecialTokens::literal;
  if (arguments.is_on("add-special")) options.add_special = Options::AddSpecial::yes;
  options.chat_template = arguments.path("template").value_or("");
  for (const char* flag : {"literal", "add-special", "pieces"})
    if (options.input == Options::Input::chat && arguments.is_on(flag))
      throw Error(ExitCode::usage, std::string("--") + flag + " does not go with --chat");
  if (options.input == Options::Input::text && !options.chat_template.empty())
    throw Error(ExitCode::usage, "--template is for --chat");
  return options;
}

}  // namespace

void tokenizer_encode(const TokenizerEncodeOptions& options, Context& context) {
  const auto source = open_tokenizer(options.tokenizer, options.registry, context);
  if (options.input == Options::Input::chat)
    encode_conversations(options, source, context);
  else
    encode_text(options, source.tokenizer, context);
}

Verb tokenizer_encode_part() {
  return {.name = "encode",
          .summary = "Turn text into token ids",
          .description =
              "Prints the ids of TEXT, or of standard input as it comes, separated by spaces: with "
              "--count only their number, with --pieces one a line and the text that each stands "
              "for. Special tokens written in the text are recognised, unless --literal is given; "
              "what the tokenizer puts around a text is left out, unless --add-special is. Bytes "
              "that are not UTF-8 are kept.\n\n"
              "With --chat the input is conversations as 'aiops train' learns from, a line of JSON "
              "each. They are written by the model's chat template, and each token is shown with "
              "what training makes of it: + is learnt, - only read. A model that never stops has "
              "no + at the token that ends its turns, or ends its texts with another one, which a "
              "warning says. With -o json a line has ids, labels (-100 for what is only read) and "
              "the text.",
          .positionals = {tokenizer_positional(),
                          {.name = "TEXT",
                           .help = "Text; standard input when absent",
                           .arity = Positional::Arity::any}},
          .flags = {{.name = "count", .help = "Only say how many tokens there are"},
                    {.name = "pieces", .help = "One token a line, with its text"},
                    {.name = "literal", .help = "Take special tokens for plain text"},
                    {.name = "add-special",
                     .help = "Add what the tokenizer puts around a text, such as a begin of text"},
                    {.name = "chat", .help = "The input is conversations: show what is learnt"},
                    {.name = "template",
                     .value = "FILE",
                     .help = "With --chat, a chat template (Jinja) to use instead of the model's",
                     .complete = Complete::file,
                     .suffixes = ".jinja"}},
          .examples = {{"aiops tokenizer encode demo/ 'In the beginning'", "Ids of a text"},
                       {"aiops tokenizer encode demo:1 --count < corpus.txt",
                        "How many tokens a file has, by a model of the store"},
                       {"aiops tokenizer encode demo/tokenizer.json 'In the beginning' --pieces",
                        "Which pieces"}},
          .run = [](const Arguments& arguments, Context& context) {
            tokenizer_encode(resolve(arguments), context);
          }};
}

}  // namespace aiops::commands
