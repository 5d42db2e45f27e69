// SPDX-License-Identifier: Apache-2.0
#include "commands/train.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "commands/checkpoint.hpp"
#include "commands/checkpoint_pull.hpp"
#include "commands/digests.hpp"
#include "commands/directory_word.hpp"
#include "commands/model_source.hpp"
#include "commands/ranks.hpp"
#include "train/model/adapter_directory.hpp"
#include "train/plan.hpp"
#include "train/trainer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace aiops::commands {
namespace {

std::string description() {
  std::string text =
      "Trains a model from text on the CPU, or a GPU with --device cuda, as CONFIG says: it learns "
      "a tokenizer or "
      "takes one, tokenises the data, and trains. The directory given by 'out' gets "
      "metrics.jsonl (a line per step), checkpoints step-N with 'latest' pointing to the newest, "
      "and at the end model/, which Hugging Face tools load and 'aiops pack' packs. With task: "
      "classification or regression it learns a label for each text, or numbers, and 'aiops eval' "
      "says how well.\n\n"
      "The same configuration, data and seed give the same bits, for any number of threads. "
      "SIGINT, "
      "SIGTERM, SIGHUP or SIGUSR1 ends the step, writes a checkpoint and exits with 75; the same "
      "command "
      "again goes on, and ends with the bits of a run that never stopped. SIGUSR2 writes a "
      "checkpoint and the run goes on.\n\n"
      "Keys of CONFIG (YAML; paths are relative to the current directory):\n\n";
  for (const train::ConfigKey& key : train::config_keys()) {
    text += fmt::format("  {:<23} {}", key.name, key.help);
    if (!key.fallback.empty()) text += fmt::format(" [{}]", key.fallback);
    text += '\n';
  }
  text.pop_back();
  return text;
}

train::Overrides parse_overrides(const std::vector<std::string>& settings) {
  train::Overrides overrides;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(ExitCode::usage, "--set " + setting + ": expected KEY=VALUE");
    overrides.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return overrides;
}

// What stays when ranks are killed.
std::string last_checkpoint(const std::filesystem::path& out) {
  std::error_code none;
  const auto latest = std::filesystem::read_symlink(out / "latest", none);
  return none ? "" : (out / latest).string() + " is the last checkpoint";
}

std::optional<int> whole(const Arguments& arguments, std::string_view flag) {
  const auto number = arguments.integer(flag, 0, 65535);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

train::Placement resolve_place(const Arguments& arguments, const Context& context) {
  const train::RankFlags flags{.rank = whole(arguments, "rank"),
                               .world_size = whole(arguments, "world-size"),
                               .ranks = whole(arguments, "ranks"),
                               .master = arguments.text("master").value_or("")};
  if (flags.ranks == 0) throw Error(ExitCode::usage, "--ranks must be at least 1");
  return train::resolve_ranks(flags,
                              [&](std::string_view name) { return context.environment.get(name); });
}

RankOptions resolve_ranks(const Arguments& arguments, const Context& context) {
  const auto seconds = [&](const char* flag) {
    return static_cast<double>(arguments.integer(flag, 1, 86400).value());
  };
  const std::string way = arguments.required_text("collective");
  RankOptions options;
  options.place = resolve_place(arguments, context);
  options.threads = static_cast<std::size_t>(arguments.integer("threads", 0, 1024).value_or(0));
  options.way = way == "tcp" ? Way::tcp : way == "mpi" ? Way::mpi : Way::automatic;
  options.join_seconds = seconds("join-timeout");
  options.silence_seconds = seconds("peer-timeout");
  return options;
}

// A checkpoint's directory as it is, of a run's directory the newest; a reference is fetched into
// OUT, verified, unless it lies there.
std::filesystem::path resume_from(const std::string& word, const std::filesystem::path& out,
                                  Context& context) {
  std::error_code ignored;
  if (is_directory_word(word) || std::filesystem::exists(word, ignored)) return checkpoint_in(word);
  const auto reference = pack::Reference::parse(word);
  if (reference.kind == pack::Reference::Kind::directory) return reference.path;
  const auto from = open_repository(reference, Access::read, RegistryAccess{}, context);
  return fetch_checkpoint(*from, resolve(*from, reference), out, context);
}

train::BaseFiles base_files(const std::string& name, Context& context) {
  auto source = open_model_source(name, {}, context);
  return train::BaseFiles::open(name, std::move(source.files), source.digest, context.stop,
                                source.repository);
}

std::optional<train::BaseModel> base_of(const train::TrainConfig& config, Context& context) {
  if (config.base.empty()) return std::nullopt;
  train::BaseModel base{base_files(config.base, context)};
  if (train::is_adapter(base.model.files))
    throw Error(ExitCode::usage, "model.base: " + config.base + " holds adapters, not a model",
                "--set model.adapter=" + config.base + ", and their base as model.base");
  if (!config.adapter.empty()) base.adapter = base_files(config.adapter, context);
  return base;
}

TrainVerbOptions resolve(const Arguments& arguments, Context& context) {
  TrainVerbOptions options;
  const std::string file = arguments.word("CONFIG");
  options.train.config =
      train::read_config(file, read_file(file, 1u << 20), parse_overrides(arguments.texts("set")));
  if (const auto out = arguments.path("out")) options.train.config.out = *out;
  if (options.train.config.out.empty()) throw Error(ExitCode::usage, "--out must name a directory");
  const std::string resume = arguments.required_text("resume");
  if (resume == "never") {
    options.train.resume = train::Resume::never;
  } else if (resume != "auto") {
    options.train.resume = train::Resume::directory;
    options.train.resume_directory = resume_from(resume, options.train.config.out, context);
  }
  options.train.digest_memory = digest_memory_file(context);
  options.ranks = resolve_ranks(arguments, context);
  options.compute = resolve_compute(arguments);
  options.train.config.device = options.compute.gpu ? "cuda" : "cpu";
  options.train.config.ranks = options.ranks.place.world_size;
  options.ranks.configuration = to_text(options.train.config.to_json());
  options.ranks.left = [out = options.train.config.out] { return last_checkpoint(out); };
  options.plan_only = arguments.is_on("plan");
  options.train.base = base_of(options.train.config, context);
  return options;
}

void report_plan(const train::TrainPlan& plan, Report& report) {
  const double seconds = static_cast<double>(plan.steps) * plan.step_seconds;
  const auto rate = static_cast<double>(plan.tokens_per_step) / plan.step_seconds;
  const OrderedJson json{
      {"parameters", plan.parameters},
      {"memory",
       {{"parameters", plan.memory.parameters},
        {"gradients", plan.memory.gradients},
        {"optimiser", plan.memory.optimiser},
        {"activations", plan.memory.activations},
        {"samples", plan.memory.cache},
        {"checkpoint_copy", plan.memory.copy},
        {"program", plan.memory.program},
        {"total", plan.memory.total()}}},
      {"gpu_memory", plan.gpu_bytes > 0 ? OrderedJson(plan.gpu_bytes) : OrderedJson()},
      {"all_reduce",
       plan.gradients.empty() ? OrderedJson() : OrderedJson(plan.is_by_nccl ? "nccl" : "host")},
      {"ranks_here", plan.ranks_here},
      {"checkpoint_bytes", plan.checkpoint_bytes},
      {"steps", plan.steps},
      {"tokens_per_step", plan.tokens_per_step},
      {"epochs", plan.epochs},
      {"flop_per_step", plan.flop_per_step},
      {"step_seconds", plan.step_seconds},
      {"tokens_per_second", rate},
      {"seconds", seconds}};
  const std::string text = fmt::format(
      "parameters   {}\n"
      "memory       {}{} = parameters {} + gradients {} + optimiser {} + activations {}{}{} + "
      "program {}\n"
      "{}{}"
      "checkpoint   {} each\n"
      "step         {} tokens, {:.1f} GFLOP, {:.3f} s measured: {} tokens/s, {:.0f} GFLOP/s\n"
      "run          {} steps, {} tokens, {:.2f} epochs, about {}\n",
      format_count(plan.parameters), format_bytes(plan.memory.total()),
      plan.ranks_here > 1 ? fmt::format(" for each of {} ranks here", plan.ranks_here) : "",
      format_bytes(plan.memory.parameters), format_bytes(plan.memory.gradients),
      format_bytes(plan.memory.optimiser), format_bytes(plan.memory.activations),
      plan.memory.cache > 0 ? " + samples " + format_bytes(plan.memory.cache) : "",
      plan.memory.copy > 0 ? " + copy for checkpoints " + format_bytes(plan.memory.copy) : "",
      format_bytes(plan.memory.program),
      plan.gpu_bytes == 0 ? ""
                          : fmt::format("GPU memory   {} of {} that are free\n",
                                        format_bytes(plan.gpu_bytes), format_bytes(plan.gpu_free)),
      plan.gradients.empty() ? "" : fmt::format("gradients    added {}\n", plan.gradients),
      format_bytes(plan.checkpoint_bytes), plan.tokens_per_step, plan.flop_per_step / 1e9,
      plan.step_seconds, format_count(static_cast<std::uint64_t>(rate)),
      plan.flop_per_step / plan.step_seconds / 1e9, plan.steps,
      format_count(static_cast<std::uint64_t>(plan.steps) * plan.tokens_per_step), plan.epochs,
      format_duration(seconds));
  report.answer({}, json, text);
}

void report_result(const train::TrainResult& result, Report& report) {
  const auto& state = result.state;
  const std::string validation =
      state.validation_loss
          ? fmt::format(", validation loss {:.4f}{}", *state.validation_loss, told(state.measures))
          : "";
  OrderedJson json{{"model", result.model.string()},
                   {"checkpoint", result.checkpoint.string()},
                   {"step", state.step},
                   {"tokens", state.tokens},
                   {"loss", state.loss},
                   {"validation_loss", state.validation_loss ? OrderedJson(*state.validation_loss)
                                                             : OrderedJson(nullptr)}};
  for (const train::Measure& measure : state.measures) json[measure.name] = measure.value;
  json["tokens_per_second"] = std::round(result.tokens_per_second);
  json["wall_seconds"] = state.wall_seconds;
  json["model_sha256"] = result.model_sha256;
  json["model_step"] = result.best ? result.best->step : state.step;
  const std::string last =
      fmt::format("step {}, loss {:.4f}{}, {} tokens in {}", state.step, state.loss, validation,
                  format_count(state.tokens), format_duration(state.wall_seconds));
  const std::string which =
      result.best ? fmt::format("step {}, the best, validation loss {:.4f}; the last is ",
                                result.best->step, result.best->loss)
                  : "";
  report.answer(result.model.string(), json,
                fmt::format("{}: {}{}", result.model.string(), which, last));
}

}  // namespace

namespace {

// A process that was forked cannot use what its parent opened of CUDA: every rank opens its own.
train::TrainOptions options_of(const TrainVerbOptions& options, const train::Collective& crew) {
  train::TrainOptions own = options.train;
  const train::Placement& place = options.ranks.place;
  const int local = place.start > 1 ? crew.rank() - place.rank : place.local_rank;
  own.config.compute.device = options.compute.open(
      own.config.deterministic ? train::Determinism::on : train::Determinism::off, local);
  return own;
}

}  // namespace

void train(const TrainVerbOptions& options, Context& context) {
  run_as_ranks(options.ranks, context,
               [&](train::Collective& crew, ThreadPool& threads, Status& status) {
                 const train::TrainOptions own = options_of(options, crew);
                 if (options.plan_only) {
                   const auto plan = train::plan_training(own, threads, status, context.stop, crew);
                   if (crew.leads()) report_plan(plan, context.report);
                 } else {
                   const auto result = train::train(own, threads, status, context.stop, crew);
                   if (crew.leads()) report_result(result, context.report);
                 }
               });
}

Verb train_verb() {
  return {
      .name = "train",
      .summary = "Train a model on text",
      .description = description(),
      .positionals = {{.name = "CONFIG",
                       .help = "Configuration file",
                       .complete = Complete::file,
                       .suffixes = ".yaml .yml"}},
      .flags = with_compute_flags(
          {{.name = "set",
            .value = "KEY=VALUE",
            .help = "Set a key of CONFIG, such as optimiser.lr=0.0003",
            .repeat = true},
           {.name = "resume",
            .value = "auto|never|DIR|REF",
            .help = "Go on from the newest whole checkpoint of the output directory, from none, "
                    "from the checkpoint DIR or the newest of the run DIR, or from an artifact",
            .fallback = "auto",
            .complete = Complete::reference_or_directory},
           {.name = "out",
            .value = "DIR",
            .help = "Directory for checkpoints, metrics and the model",
            .complete = Complete::directory},
           {.name = "plan", .help = "Say what it would take, measured, and stop"},
           {.name = "threads",
            .value = "N",
            .help = "Threads to compute with; 0 for one per CPU; with several ranks, of each",
            .fallback = "0",
            .setting = "train.threads"},
           {.name = "ranks",
            .value = "N",
            .help = "Processes to start on this host; each takes its share of a step's rows"},
           {.name = "rank",
            .value = "R",
            .help = "Be rank R of --world-size, whatever a launcher's variables say"},
           {.name = "world-size", .value = "N", .help = "Ranks in the run, with --rank"},
           {.name = "master",
            .value = "HOST:PORT",
            .help = "Where the ranks meet: rank 0's host; on one host localhost:PORT tells "
                    "runs apart"},
           {.name = "collective",
            .value = "WAY",
            .help = "What connects the ranks of several hosts",
            .choices = {"auto", "tcp", "mpi"},
            .fallback = "auto",
            .setting = "train.collective"},
           {.name = "join-timeout",
            .value = "SECONDS",
            .help = "How long to wait for the other ranks at the start",
            .fallback = "300",
            .setting = "train.join-timeout"},
           {.name = "peer-timeout",
            .value = "SECONDS",
            .help = "Give up a host that owes an answer for so long",
            .fallback = "60",
            .setting = "train.peer-timeout"}}),
      .examples = {{"aiops train train.yaml", "Train, or go on where the last run stopped"},
                   {"aiops train train.yaml --plan",
                    "Parameters, memory, FLOP and time beforehand"},
                   {"aiops train train.yaml --out run2 --set optimiser.lr=0.0005 --set steps=20",
                    "Another run with other settings"},
                   {"aiops train train.yaml --out run3 --ranks 2 --set batch.rows=2",
                    "Two processes, each with half of every step"}},
      .run = [](const Arguments& arguments,
                Context& context) { train(resolve(arguments, context), context); },
  };
}

}  // namespace aiops::commands
