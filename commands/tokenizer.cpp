// SPDX-License-Identifier: Apache-2.0
#include "commands/tokenizer.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostInput = std::size_t{1} << 30;

train::Tokenizer read_tokenizer(const fs::path& path) {
  std::error_code ignored;
  const fs::path file = fs::is_directory(path, ignored) ? path / "tokenizer.json" : path;
  return train::Tokenizer::from_json(read_file(file, 256u << 20), file.string());
}

std::vector<std::int32_t> parse_ids(std::string_view text) {
  std::vector<std::int32_t> ids;
  const char* at = text.data();
  const char* const last = at + text.size();
  const auto is_between = [](char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == ',' || c == '[' || c == ']';
  };
  for (;;) {
    while (at != last && is_between(*at)) ++at;
    if (at == last) return ids;
    std::int32_t id = 0;
    const auto [end, failure] = std::from_chars(at, last, id);
    if (failure != std::errc() || id < 0 || (end != last && !is_between(*end)))
      throw Error(ExitCode::usage,
                  "'" + std::string(at, std::min(last, at + 20)) + "' is not a token id");
    ids.push_back(id);
    at = end;
  }
}

// Words given on the command line, else standard input.
std::string words_or_input(const std::vector<std::string>& words, Context& context) {
  if (words.empty()) return context.standard_input(kMostInput);
  std::string text = words[0];
  for (std::size_t i = 1; i < words.size(); ++i) text += " " + words[i];
  return text;
}

TokenizerTrainOptions resolve_train(const Arguments& arguments) {
  TokenizerTrainOptions options;
  for (const std::string& path : arguments.words("PATH")) options.data.paths.emplace_back(path);
  options.data.field = arguments.required_text("field");
  options.vocab_size = arguments.integer("vocab-size", 257, 1 << 20).value();
  options.special_tokens = arguments.texts("special");
  options.out = *arguments.path("out");
  return options;
}

TokenizerEncodeOptions resolve_encode(const Arguments& arguments, Context& context) {
  const auto special =
      arguments.is_on("literal") ? train::SpecialTokens::literal : train::SpecialTokens::recognise;
  return {arguments.word("TOKENIZER"), words_or_input(arguments.words("TEXT"), context), special};
}

TokenizerDecodeOptions resolve_decode(const Arguments& arguments, Context& context) {
  return {arguments.word("TOKENIZER"), parse_ids(words_or_input(arguments.words("ID"), context))};
}

Positional tokenizer_positional() {
  return {.name = "TOKENIZER",
          .help = "tokenizer.json, or a directory that holds it",
          .complete = Complete::file,
          .suffixes = ".json"};
}

Verb train_part() {
  return {.name = "train",
          .summary = "Learn a tokenizer from text",
          .description =
              "Learns a byte-level BPE vocabulary as GPT-2 has it and writes tokenizer.json, which "
              "Hugging Face's tokenizers read. Takes files and directories of text, .jsonl and "
              "compressed files. The same text gives the same bytes, for any number of threads.",
          .positionals = {{.name = "PATH",
                           .help = "Text to learn from",
                           .arity = Positional::Arity::at_least_one,
                           .complete = Complete::file}},
          .flags = {{.name = "vocab-size",
                     .value = "N",
                     .help = "Tokens in the vocabulary",
                     .fallback = "4096"},
                    {.name = "special",
                     .value = "TOKEN",
                     .help = "Special token; the first gets id 0",
                     .fallback = "<|endoftext|>",
                     .repeat = true},
                    {.name = "field",
                     .value = "NAME",
                     .help = "Member of a .jsonl line that holds the text",
                     .fallback = "text"},
                    {.name = "out",
                     .value = "FILE",
                     .help = "File to write",
                     .fallback = "tokenizer.json",
                     .complete = Complete::file}},
          .examples = {{"aiops tokenizer train corpus.txt --vocab-size 512", "Learn 512 tokens"},
                       {"aiops tokenizer train corpus.txt --vocab-size 400 --out small.json -q",
                        "Into a file of another name"}},
          .run = [](const Arguments& arguments, Context& context) {
            tokenizer_train(resolve_train(arguments), context);
          }};
}

Verb encode_part() {
  return {.name = "encode",
          .summary = "Turn text into token ids",
          .description =
              "Prints the ids of TEXT, or of standard input, separated by spaces. Special tokens "
              "written in the text are recognised, unless --literal is given.",
          .positionals = {tokenizer_positional(),
                          {.name = "TEXT",
                           .help = "Text; standard input when absent",
                           .arity = Positional::Arity::any}},
          .flags = {{.name = "literal", .help = "Take special tokens for plain text"}},
          .examples = {{"aiops tokenizer encode demo/ 'In the beginning'", "Ids of a text"},
                       {"aiops tokenizer encode demo/tokenizer.json < corpus.txt | wc -w",
                        "How many tokens a file has"}},
          .run = [](const Arguments& arguments, Context& context) {
            tokenizer_encode(resolve_encode(arguments, context), context);
          }};
}

Verb decode_part() {
  return {
      .name = "decode",
      .summary = "Turn token ids into text",
      .description =
          "Prints the text of the ids, given as words or on standard input, byte for byte.",
      .positionals = {tokenizer_positional(),
                      {.name = "ID",
                       .help = "Token ids; standard input when absent",
                       .arity = Positional::Arity::any}},
      .examples = {{"aiops tokenizer encode demo/ 'And God said' | aiops tokenizer decode demo/",
                    "There and back"},
                   {"aiops tokenizer decode demo/ 72 101", "Ids from the command line"}},
      .run = [](const Arguments& arguments, Context& context) {
        tokenizer_decode(resolve_decode(arguments, context), context);
      }};
}

}  // namespace

void tokenizer_train(const TokenizerTrainOptions& options, Context& context) {
  ThreadPool threads;
  const auto files = train::find_data(options.data, context.stop);
  const train::Corpus corpus(files, options.data, context.status, context.stop);
  const auto tokenizer =
      train::Tokenizer::learn(corpus.documents(), options.vocab_size, options.special_tokens,
                              threads, context.status, context.stop);
  write_file_atomically(options.out, tokenizer.to_json());
  context.report.answer(options.out.string(),
                        {{"tokenizer", options.out.string()},
                         {"vocab_size", tokenizer.vocab_size()},
                         {"bytes", corpus.bytes()}},
                        fmt::format("{}: {} tokens learnt from {}", options.out.string(),
                                    tokenizer.vocab_size(), format_bytes(corpus.bytes())));
}

void tokenizer_encode(const TokenizerEncodeOptions& options, Context& context) {
  const auto tokenizer = read_tokenizer(options.tokenizer);
  std::vector<std::int32_t> ids;
  train::Tokenizer::Encoder(tokenizer, options.special).encode(options.text, ids);
  if (context.report.is_json())
    return context.report.answer({}, {{"ids", ids}, {"tokens", ids.size()}}, {});
  std::string text;
  for (const std::int32_t id : ids) text += (text.empty() ? "" : " ") + std::to_string(id);
  context.report.raw(text + "\n");
}

void tokenizer_decode(const TokenizerDecodeOptions& options, Context& context) {
  const auto tokenizer = read_tokenizer(options.tokenizer);
  for (const std::int32_t id : options.ids)
    if (id >= tokenizer.vocab_size())
      throw Error(ExitCode::usage, "token id " + std::to_string(id) +
                                       " is not in the vocabulary of " +
                                       std::to_string(tokenizer.vocab_size()));
  const std::string text = tokenizer.decode(options.ids);
  if (context.report.is_json()) return context.report.answer({}, {{"text", text}}, {});
  context.report.raw(text);
}

Verb tokenizer_verb() {
  return {.name = "tokenizer",
          .summary = "Learn and use tokenizers",
          .description =
              "Byte-level BPE tokenizers, read from and written to Hugging Face's "
              "tokenizer.json.",
          .verbs = {train_part(), encode_part(), decode_part()}};
}

}  // namespace aiops::commands
