// SPDX-License-Identifier: Apache-2.0
#include "commands/eval.hpp"

#include "base/error.hpp"
#include "base/time.hpp"
#include "cli/arguments.hpp"
#include "commands/eval_labels.hpp"
#include "commands/model_source.hpp"
#include "train/data/text_file.hpp"
#include "train/generation/choices.hpp"
#include "train/task.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <numbers>
#include <optional>

namespace aiops::commands {
namespace {

constexpr std::uint64_t kMostQuestions = std::uint64_t{1} << 30;  // bytes

EvalOptions::Task task_of(const std::string& word) {
  if (word == "perplexity") return EvalOptions::Task::perplexity;
  if (word == "labels") return EvalOptions::Task::labels;
  return word == "choice" ? EvalOptions::Task::choice : EvalOptions::Task::automatic;
}

EvalOptions resolve(const Arguments& arguments) {
  EvalOptions options;
  options.model = arguments.word("MODEL");
  options.base = arguments.text("base").value_or("");
  for (const std::string& path : arguments.texts("data")) options.data.paths.emplace_back(path);
  if (options.data.paths.empty()) throw Error(ExitCode::usage, "--data is needed");
  options.data.field = arguments.required_text("field");
  options.data.labels = arguments.texts("label");
  options.predictions = arguments.path("predictions").value_or("");
  options.task = task_of(arguments.required_text("task"));
  options.windows = {arguments.integer("length", 0, 1 << 24).value(),
                     arguments.integer("stride", 0, 1 << 24).value()};
  options.compute = resolve_compute(arguments);
  options.threads = static_cast<std::size_t>(arguments.integer("threads", 0, 1024).value());
  return options;
}

// The questions of the data; nothing when the data is text.
std::optional<std::vector<train::Question>> find_questions(
    const EvalOptions& options, const std::vector<train::DataFile>& files, const StopFlag& stop) {
  if (options.task == EvalOptions::Task::perplexity) return std::nullopt;
  std::vector<train::Question> questions;
  for (const train::DataFile& file : files) {
    const bool is_lines = file.path.find(".jsonl") != std::string::npos;
    if (options.task == EvalOptions::Task::automatic && !is_lines) return std::nullopt;
    const std::string text = train::read_text_file(file.path, kMostQuestions, stop);
    if (options.task == EvalOptions::Task::automatic && !train::holds_questions(text))
      return std::nullopt;
    auto more = train::parse_questions(text, file.path);
    std::move(more.begin(), more.end(), std::back_inserter(questions));
  }
  return questions;
}

void report_choices(const EvalOptions& options, const train::ChoiceResult& result, double seconds,
                    Context& context) {
  const double share = result.accuracy();
  const double normalised = result.accuracy_normalised();
  const auto line = [&](const char* name, double value) {
    return fmt::format("{:<22}{:.4f} ± {:.4f}\n", name, value, result.error_of(value));
  };
  context.report.answer({},
                        {{"model", options.model},
                         {"task", "choice"},
                         {"questions", result.questions},
                         {"accuracy", share},
                         {"accuracy_error", result.error_of(share)},
                         {"accuracy_normalised", normalised},
                         {"accuracy_normalised_error", result.error_of(normalised)},
                         {"seconds", seconds}},
                        fmt::format("{:<22}{}\n", "questions", result.questions) +
                            line("accuracy", share) + line("accuracy, normalised", normalised));
}

void report_perplexity(const EvalOptions& options, const train::Perplexity& result, double seconds,
                       Context& context) {
  const double bits = result.per_token() / std::numbers::ln2;
  context.report.answer(
      {},
      {{"model", options.model},
       {"task", "perplexity"},
       {"documents", result.documents},
       {"windows", result.windows},
       {"tokens", result.tokens},
       {"bytes", result.bytes},
       {"loss", result.per_token()},
       {"perplexity", result.perplexity()},
       {"bits_per_token", bits},
       {"bits_per_byte", result.bits_per_byte()},
       {"seconds", seconds}},
      fmt::format("tokens          {}\nperplexity      {:.4f}\nloss            {:.5f}\n"
                  "bits per token  {:.5f}\nbits per byte   {:.5f}\n",
                  result.tokens, result.perplexity(), result.per_token(), bits,
                  result.bits_per_byte()));
}

// The flags must be those of what this model does.
void require_fitting(const EvalOptions& options, const train::ModelHead& head) {
  using Task = EvalOptions::Task;
  const std::string is = options.model + ": is a " + name_of(train::task_of(head.kind)) + " model";
  if (!head.is_language()) {
    if (options.task == Task::perplexity || options.task == Task::choice)
      throw Error(ExitCode::usage, is + ": it predicts no text", "--task labels");
    return;
  }
  if (options.task == Task::labels) throw Error(ExitCode::usage, is + ": it predicts no labels");
  if (!options.data.labels.empty() || !options.predictions.empty())
    throw Error(ExitCode::usage,
                is + ": --label and --predictions are for those that predict labels");
}

}  // namespace

void eval(const EvalOptions& options, Context& context) {
  ThreadPool threads(options.threads);
  const UsedModel source = open_used_model(options.model, options.base, options.registry, context);
  const train::StoredModel stored = source.stored();
  const train::ModelHead& head = stored.config().head;
  require_fitting(options, head);
  auto loaded = train::load_model(stored, threads, {.device = options.compute.open()});
  if (!head.is_language()) return eval_labels(options, loaded, threads, context);
  const auto files = train::find_data(options.data, context.stop);
  const auto questions = find_questions(options, files, context.stop);
  std::optional<train::Corpus> corpus;
  if (!questions) corpus.emplace(files, options.data, context.status, context.stop);
  const double begin = monotonic_seconds();
  if (questions) {
    const auto result = train::measure_choices(loaded, *questions, context.status, context.stop);
    return report_choices(options, result, monotonic_seconds() - begin, context);
  }
  const auto result = train::measure_perplexity(loaded, corpus->documents(), options.windows,
                                                context.status, context.stop);
  report_perplexity(options, result, monotonic_seconds() - begin, context);
}

Verb eval_verb() {
  return {
      .name = "eval",
      .summary = "Measure how well a model predicts or answers",
      .description =
          "Of text (files, directories, .jsonl with --field, compressed) it measures the "
          "perplexity: the model predicts every token from those before it. It sees --length "
          "tokens at once; the window moves on by --stride, and only tokens that no earlier window "
          "had are counted, so each has at least length - stride tokens before it where the "
          "document has as many. Bits per byte compare models with different vocabularies.\n\n"
          "Of .jsonl lines with 'choices' it measures how often the model answers rightly: each "
          "line is {\"question\": text, \"choices\": [texts], \"answer\": index, letter or text} "
          "('context' may stand for 'question'), and every choice is scored as the continuation of "
          "the question, by its likelihood and, normalised, by its likelihood per byte. ± is the "
          "standard error of that share.\n\n"
          "A model that 'aiops train' made with task: classification or regression is asked for "
          "the "
          "label or the numbers of every line of a .jsonl file, or record of a .csv or .tsv file "
          "with a header: --field holds the text, --label what is right. It answers with accuracy, "
          "macro F1, precision, recall and F1 of each label and how often which was taken for "
          "which; or with mean squared and absolute error, R2 and Pearson's correlation. "
          "--predictions writes what it says of each example.\n\n"
          "MODEL is a directory, a .gguf file or a reference, with adapters or whole, as for "
          "'aiops generate'.",
      .positionals = {{.name = "MODEL",
                       .help = "The model",
                       .complete = Complete::reference_or_directory}},
      .flags = with_compute_flags(
          {{.name = "data",
            .value = "PATH",
            .help = "Text, questions or labelled texts to measure on",
            .repeat = true,
            .complete = Complete::file},
           {.name = "task",
            .value = "TASK",
            .help = "What to measure; auto looks at the model and the data",
            .choices = {"auto", "perplexity", "choice", "labels"},
            .fallback = "auto",
            .complete = Complete::choice},
           {.name = "length",
            .value = "N",
            .help = "Tokens that the model sees at once; 0: its context, at most 2048",
            .fallback = "0"},
           {.name = "stride",
            .value = "N",
            .help = "Tokens from one window to the next; 0: half of --length",
            .fallback = "0"},
           base_flag(),
           {.name = "field",
            .value = "NAME",
            .help = "Member of a .jsonl line, or column, that holds the text",
            .fallback = "text"},
           {.name = "label",
            .value = "NAME",
            .help = "Member or column that holds the label, or a number [label]",
            .repeat = true},
           {.name = "predictions",
            .value = "FILE",
            .help = "Write the prediction for each example here, a JSON object a line",
            .complete = Complete::file},
           {.name = "threads",
            .value = "N",
            .help = "Threads to compute with; 0 for one per CPU",
            .fallback = "0",
            .setting = "train.threads"}}),
      .examples =
          {{"aiops eval demo:1 --data corpus.txt", "Perplexity on a text"},
           {"aiops eval demo/ --data corpus.txt --length 32 --stride 32 -o json",
            "Windows that do not overlap, as JSON"},
           {"echo '{\"question\": \"In the beginning God created\", \"choices\": [\"the heaven\", "
            "\"a sandwich\"], \"answer\": 0}' > q.jsonl; aiops eval demo:1 --data q.jsonl",
            "How many questions it answers rightly"}},
      .run = [](const Arguments& arguments,
                Context& context) { eval(resolve(arguments), context); },
  };
}

}  // namespace aiops::commands
