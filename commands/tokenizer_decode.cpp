// SPDX-License-Identifier: Apache-2.0
#include "commands/tokenizer_decode.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "commands/tokenizer.hpp"
#include "commands/tokenizer_source.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace aiops::commands {
namespace {

constexpr std::size_t kBlock = 1 << 16;
constexpr std::size_t kLongestNumber = 64;

// Ids in decimal, separated by white space, commas or brackets, as they come.
class IdReader {
 public:
  explicit IdReader(std::int64_t vocab_size) : vocab_size_(vocab_size) {}

  // The ids that end in `text`, which goes on; or does not.
  enum class More { yes, no };
  std::vector<std::int32_t> read(std::string_view text, More more) {
    rest_ += text;
    std::vector<std::int32_t> ids;
    std::size_t at = 0;
    for (;;) {
      while (at < rest_.size() && is_between(rest_[at])) ++at;
      std::size_t end = at;
      while (end < rest_.size() && !is_between(rest_[end])) ++end;
      const bool goes_on = end == rest_.size() && more == More::yes && end - at < kLongestNumber;
      if (end == at || goes_on) break;
      ids.push_back(id_of(std::string_view(rest_).substr(at, end - at)));
      at = end;
    }
    rest_.erase(0, at);
    return ids;
  }

 private:
  static bool is_between(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == ',' || c == '[' || c == ']';
  }

  std::int32_t id_of(std::string_view word) const {
    std::int64_t id = 0;
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), id);
    if (failure != std::errc() || id < 0 || end != word.data() + word.size())
      throw Error(ExitCode::usage, "'" + printable(word.substr(0, 20)) + "' is not a token id");
    if (id >= vocab_size_)
      throw Error(ExitCode::usage, "token id " + std::to_string(id) +
                                       " is not in the vocabulary of " +
                                       std::to_string(vocab_size_));
    return static_cast<std::int32_t>(id);
  }

  std::int64_t vocab_size_;
  std::string rest_;  // the beginning of an id
};

TokenizerDecodeOptions resolve(const Arguments& arguments) {
  return {arguments.word("TOKENIZER"),
          arguments.words("ID"),
          arguments.is_on("skip-special") ? train::ShowSpecial::no : train::ShowSpecial::yes,
          {}};
}

}  // namespace

void tokenizer_decode(const TokenizerDecodeOptions& options, Context& context) {
  const auto tokenizer = open_tokenizer(options.tokenizer, options.registry, context).tokenizer;
  IdReader reader(tokenizer.vocab_size());
  train::Tokenizer::Decoder decoder(tokenizer, options.special);
  std::string text;
  const auto take = [&](std::string_view words, IdReader::More more) {
    for (const std::int32_t id : reader.read(words, more)) decoder.decode(id, text);
    if (context.report.is_json()) return;
    context.report.raw(text);
    text.clear();
  };
  std::string words;
  for (const std::string& id : options.ids) words += id + " ";
  if (options.ids.empty()) {
    for (std::string more = context.more_input(kBlock); !more.empty();
         more = context.more_input(kBlock))
      take(more, IdReader::More::yes);
  }
  take(words, IdReader::More::no);
  if (context.report.is_json()) context.report.answer({}, {{"text", text}}, {});
}

Verb tokenizer_decode_part() {
  return {
      .name = "decode",
      .summary = "Turn token ids into text",
      .description =
          "Prints the text of the ids, given as words or on standard input, byte for byte as they "
          "come. Ids may be separated by white space, commas and brackets.",
      .positionals = {tokenizer_positional(),
                      {.name = "ID",
                       .help = "Token ids; standard input when absent",
                       .arity = Positional::Arity::any}},
      .flags = {{.name = "skip-special", .help = "Leave special tokens out"}},
      .examples = {{"aiops tokenizer encode demo/ 'And God said' | aiops tokenizer decode demo/",
                    "There and back"},
                   {"aiops tokenizer decode demo:1 72 101", "Ids from the command line"}},
      .run = [](const Arguments& arguments, Context& context) {
        tokenizer_decode(resolve(arguments), context);
      }};
}

}  // namespace aiops::commands
