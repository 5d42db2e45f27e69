// SPDX-License-Identifier: Apache-2.0
#include "commands/generate.hpp"

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "commands/model_source.hpp"
#include "commands/prediction.hpp"
#include "train/chat/prompt.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

constexpr std::size_t kLongestPrompt = 16u << 20;

GenerateVerbOptions resolve(const Arguments& arguments, Context& context) {
  GenerateVerbOptions options;
  options.model = arguments.word("MODEL");
  options.base = arguments.text("base").value_or("");
  const auto prompt = arguments.optional_word("PROMPT");
  options.generate.prompt =
      prompt && *prompt != "-" ? *prompt : context.standard_input(kLongestPrompt);
  if (arguments.is_on("chat")) options.mode = GenerateVerbOptions::Mode::chat;
  options.system = arguments.text("system").value_or("");
  if (!options.system.empty() && options.mode == GenerateVerbOptions::Mode::text)
    throw Error(ExitCode::usage, "--system is for --chat");
  options.generate.tokens = arguments.integer("tokens", 1, 1 << 24).value();
  options.generate.sampling = {arguments.number("temperature", 0, 100).value(),
                               arguments.integer("top-k", 0, 1 << 24).value(),
                               arguments.number("top-p", 1e-9, 1).value(),
                               arguments.number("min-p", 0, 1).value()};
  options.generate.repetition_penalty = arguments.number("repetition-penalty", 1e-3, 1e3).value();
  options.generate.stop = arguments.texts("stop");
  options.generate.seed =
      static_cast<std::uint64_t>(arguments.integer("seed", 0, std::int64_t{1} << 53).value());
  options.threads = static_cast<std::size_t>(arguments.integer("threads", 0, 1024).value());
  options.compute = resolve_compute(arguments);
  return options;
}

double rate(std::int64_t tokens, double seconds) {
  return seconds > 0 ? static_cast<double>(tokens) / seconds : 0;
}

std::vector<train::ChatMessage> messages_of(const GenerateVerbOptions& options) {
  std::vector<train::ChatMessage> messages;
  if (!options.system.empty()) messages.push_back({"system", options.system});
  messages.push_back({"user", options.generate.prompt});
  return messages;
}

OrderedJson to_json(const GenerateVerbOptions& options, const train::Generation& result) {
  return {{"model", options.model},
          {"prompt", options.generate.prompt},
          {"text", result.text},
          {"ended", result.ended},
          {"prompt_tokens", result.prompt_tokens},
          {"tokens", result.tokens},
          {"prompt_seconds", result.prompt_seconds},
          {"seconds", result.seconds},
          {"tokens_per_second", rate(result.tokens, result.seconds)}};
}

}  // namespace

void generate(const GenerateVerbOptions& options, Context& context) {
  ThreadPool threads(options.threads);
  const UsedModel source = open_used_model(options.model, options.base, options.registry, context);
  auto loaded = train::load_model(source.stored(), threads, {.device = options.compute.open()});
  const bool is_chat = options.mode == GenerateVerbOptions::Mode::chat;
  if (!loaded.model->config().head.is_language()) {
    if (is_chat)
      throw Error(ExitCode::usage,
                  options.model + ": predicts labels: there is nobody to chat with",
                  "leave out --chat, and it judges the text");
    return report_prediction(options.model, options.generate.prompt, loaded, threads, context);
  }
  train::GenerateOptions how = options.generate;
  if (is_chat) {
    how.prompt = train::chat_prompt(loaded, messages_of(options));
    how.kind = train::GenerateOptions::Prompt::rendered;
  }
  Report& report = context.report;
  // A text's prompt is said with the first of what follows it: a prompt that is refused is not an
  // answer.
  bool begun = false;
  const auto hear = [&](std::string_view text) {
    if (report.is_json()) return;
    if (!begun && !is_chat) report.raw(options.generate.prompt);
    begun = true;
    report.raw(text);
  };
  const auto result = train::generate(loaded, how, hear, context.stop);
  if (report.is_json()) {
    report.answer({}, to_json(options, result), {});
  } else {
    hear("\n");
  }
  context.status.detail(fmt::format(
      "{} tokens of prompt at {:.1f} a second, {} tokens at {:.1f} a second, ended by {}",
      result.prompt_tokens, rate(result.prompt_tokens, result.prompt_seconds), result.tokens,
      rate(result.tokens, result.seconds), result.ended));
}

Verb generate_verb() {
  return {
      .name = "generate",
      .summary = "Continue a text with a model",
      .description =
          "Continues PROMPT; the text appears as it is made. MODEL is a directory with "
          "config.json, "
          "tokenizer.json and safetensors weights as Hugging Face lays them out, a .gguf file "
          "(F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K; computed in fp32), or "
          "a "
          "reference to either: of the local store, oci: or archive:, whose layers are read in "
          "place. Adapters (adapter_config.json and adapter_model.safetensors, as PEFT and 'aiops "
          "train' write them) are laid over --base, or over the base that they name.\n\n"
          "Without PROMPT, or with '-', the prompt is standard input; an empty one starts a "
          "new document.\n\n"
          "With --chat PROMPT is what the user says, put into the words of the model's own chat "
          "template, and only the answer is printed.\n\n"
          "Each token is drawn from the model's probabilities, after --repetition-penalty, "
          "--temperature, --top-k, --top-p and --min-p in that order. The same seed draws the same "
          "text; --temperature 0 always takes the most probable token. The text ends before a "
          "--stop text, at the model's end token, after --tokens, or where the model's context "
          "does.\n\n"
          "A model that 'aiops train' made with task: classification says which label PROMPT has: "
          "the ten likeliest with their shares, the best first, which is all that -q prints. One "
          "of "
          "task: regression says its numbers. The flags that draw tokens mean nothing then; 'aiops "
          "eval' judges many texts.\n\n"
          "With -o json the answer is one object with the text, the numbers of tokens, what ended "
          "it (length, end, stop or context) and the speed; -v says the speed too.",
      .positionals = {{.name = "MODEL",
                       .help = "The model",
                       .complete = Complete::reference_or_directory},
                      {.name = "PROMPT",
                       .help = "Text to continue; standard input when absent",
                       .arity = Positional::Arity::optional}},
      .flags = with_compute_flags(
          {base_flag(),
           {.name = "chat", .help = "PROMPT is a message: answer it"},
           {.name = "system", .value = "TEXT", .help = "With --chat, what the model is told first"},
           {.name = "tokens",
            .letter = 'n',
            .value = "N",
            .help = "Most tokens to generate",
            .fallback = "128"},
           {.name = "temperature",
            .value = "T",
            .help = "Below 1 bolder choices are rarer, above 1 more frequent; 0 for none",
            .fallback = "0.8"},
           {.name = "top-k",
            .value = "K",
            .help = "Draw from the K most probable tokens; 0 for all",
            .fallback = "50"},
           {.name = "top-p",
            .value = "P",
            .help = "Draw from the fewest tokens whose probabilities reach P",
            .fallback = "1"},
           {.name = "min-p",
            .value = "P",
            .help = "Draw from tokens with at least P times the best one's probability",
            .fallback = "0"},
           {.name = "repetition-penalty",
            .value = "R",
            .help = "Above 1, tokens that were there already are less probable",
            .fallback = "1"},
           {.name = "stop", .value = "TEXT", .help = "End before this text", .repeat = true},
           {.name = "seed", .value = "N", .help = "Of the draws", .fallback = "0"},
           {.name = "threads",
            .value = "N",
            .help = "Threads to compute with; 0 for one per CPU",
            .fallback = "0",
            .setting = "train.threads"}}),
      .examples = {{"aiops generate demo:1 'In the beginning' --tokens 40", "Continue a text"},
                   {"aiops generate demo:1 'Once' --min-p 0.05 --top-k 0 --stop '.' --stop ';'",
                    "One sentence, drawn from all but the improbable tokens"},
                   {"aiops checkpoint export demo:1 --out demo.gguf && aiops generate demo.gguf "
                    "'And God' -n 8",
                    "From a GGUF file"},
                   {"echo 'The earth' | aiops generate demo/ --temperature 0 -n 10 -o json",
                    "The prompt from standard input, the answer as JSON"}},
      .run = [](const Arguments& arguments,
                Context& context) { generate(resolve(arguments, context), context); },
  };
}

}  // namespace aiops::commands
