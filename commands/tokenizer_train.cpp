// SPDX-License-Identifier: Apache-2.0
#include "commands/tokenizer_train.hpp"

#include "base/error.hpp"
#include "base/output_file.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "commands/tokenizer.hpp"
#include "train/tokenizer/families.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

constexpr std::uint64_t kBatch = std::uint64_t{64} << 20;  // bytes of files in memory at once

std::vector<std::string> splitter_names() {
  std::vector<std::string> names;
  for (const auto& family : train::splitter_families()) names.emplace_back(family.name);
  return names;
}

TokenizerTrainOptions resolve(const Arguments& arguments) {
  TokenizerTrainOptions options;
  for (const std::string& path : arguments.words("PATH")) options.data.paths.emplace_back(path);
  options.data.field = arguments.required_text("field");
  options.vocab_size = arguments.integer("vocab-size", 257, 1 << 20).value();
  options.splitter = train::splitter_of(arguments.required_text("splitter")).value();
  options.special_tokens = arguments.texts("special");
  options.out = *arguments.path("out");
  options.threads = static_cast<std::size_t>(arguments.integer("threads", 0, 1024).value());
  return options;
}

// Counts the words of some files at a time, so that memory is for the words and not for the text.
// Returns the bytes of text.
std::uint64_t count(const TokenizerTrainOptions& options, train::WordCounts& words,
                    ThreadPool& threads, Context& context) {
  const auto files = train::find_data(options.data, context.stop);
  std::uint64_t bytes = 0;
  std::vector<train::DataFile> batch;
  for (std::size_t i = 0; i < files.size(); ++i) {
    batch.push_back(files[i]);
    if (i + 1 < files.size() && train::total_bytes(batch) < kBatch) continue;
    const bool is_last_chance = i + 1 == files.size() && bytes == 0;
    const train::Corpus corpus(batch, options.data, context.status, context.stop,
                               is_last_chance ? train::NoText::refused : train::NoText::allowed);
    words.add(corpus.documents(), threads, context.stop);
    bytes += corpus.bytes();
    batch.clear();
  }
  return bytes;
}

}  // namespace

void tokenizer_train(const TokenizerTrainOptions& options, Context& context) {
  const auto least = train::Tokenizer::least_vocabulary(options.special_tokens);
  if (options.vocab_size < least)
    throw Error(ExitCode::usage,
                fmt::format("--vocab-size {}: 256 bytes and the special tokens are {}",
                            options.vocab_size, least));
  ThreadPool threads(options.threads);
  train::WordCounts words(options.splitter);
  const std::uint64_t bytes = count(options, words, threads, context);
  const auto tokenizer = train::Tokenizer::learn(words, options.vocab_size, options.special_tokens,
                                                 context.status, context.stop);
  write_output(options.out, tokenizer.to_json());
  context.report.answer(options.out.string(),
                        {{"tokenizer", options.out.string()},
                         {"vocab_size", tokenizer.vocab_size()},
                         {"splitter", train::family_of(options.splitter).name},
                         {"bytes", bytes}},
                        fmt::format("{}: {} tokens learnt from {}", options.out.string(),
                                    tokenizer.vocab_size(), format_bytes(bytes)));
}

Verb tokenizer_train_part() {
  return {.name = "train",
          .summary = "Learn a tokenizer from text",
          .description =
              "Learns a byte-level BPE vocabulary and writes tokenizer.json, which Hugging Face's "
              "tokenizers read and give the same ids. Takes files and directories of text, .jsonl "
              "and compressed files. The same text gives the same bytes, for any number of "
              "threads, and the merges that the tokenizers package learns from it.\n\n"
              "--splitter says how text is cut into words before they are merged, and with it what "
              "models of that family do besides: smollm2 and qwen2 keep each digit apart, llama3 "
              "takes three; qwen2 composes characters first (NFC); tekken is Mistral's.",
          .positionals = {{.name = "PATH",
                           .help = "Text to learn from",
                           .arity = Positional::Arity::at_least_one,
                           .complete = Complete::file}},
          .flags = {{.name = "vocab-size",
                     .value = "N",
                     .help = "Tokens in the vocabulary",
                     .fallback = "4096"},
                    {.name = "splitter",
                     .value = "NAME",
                     .help = "How text is cut into words",
                     .choices = splitter_names(),
                     .fallback = "gpt2"},
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
                     .complete = Complete::file},
                    {.name = "threads",
                     .value = "N",
                     .help = "Threads to count with; 0 for one per CPU",
                     .fallback = "0",
                     .setting = "train.threads"}},
          .examples = {{"aiops tokenizer train corpus.txt --vocab-size 512", "Learn 512 tokens"},
                       {"aiops tokenizer train corpus.txt --vocab-size 400 --splitter llama3 "
                        "--out small.json -q",
                        "Split as Llama 3 does, into a file of another name"}},
          .run = [](const Arguments& arguments, Context& context) {
            tokenizer_train(resolve(arguments), context);
          }};
}

}  // namespace aiops::commands
