// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_ab.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/spelling.hpp"
#include "commands/bench_attention.hpp"
#include "commands/bench_cells.hpp"
#include "commands/bench_gemm.hpp"
#include "commands/bench_generate.hpp"
#include "commands/bench_hash.hpp"
#include "commands/bench_memory.hpp"
#include "commands/bench_operator.hpp"
#include "commands/bench_registry.hpp"
#include "commands/bench_storage.hpp"
#include "commands/bench_train.hpp"
#include "commands/bench_verdicts.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace aiops::commands {
namespace {

constexpr std::string_view kRegistry = "registry";

constexpr const char* kDescription =
    "Measures two sides against each other and says whether the second, B, is slower. The sides "
    "take turns, in an order drawn anew for each round, so that a busy neighbour, a warming CPU or "
    "a slow hour falls on both. The sides are two commands, each from its start to its end, or one "
    "suite with two values of its flags: --a KEY=VALUE is the suite's --KEY VALUE for A. Two "
    "repositories after registry are a side each.\n\n"
    "The exit code is the verdict. 9, regression: B is slower by at least the threshold, and by "
    "Wilcoxon's signed ranks chance alone would rarely show that (p at most 0.002, shared between "
    "all cases). 0: the 95 % interval of the slowdown is no wider than twice the threshold, and "
    "ends below it; or B is faster, as surely. 10, undecided: neither, because the machine is too "
    "noisy or the rounds too few; it is never taken for fine. Each verdict comes with the slowdown "
    "that nine of ten such measurements would have found ('sees').\n\n"
    "Rounds are taken until half of the interval is at most half of the threshold, or --time is "
    "used up. When a command fails, the rounds before it are kept, without a verdict.\n\n"
    "When the clock fell meanwhile, both sides saw it fall, and the verdict stands; unless their "
    "ratio is seen to have changed with the clock, as where one computes and the other waits for "
    "memory: that is undecided too, as throttled; and so is all that ran on a GPU whose clock was "
    "held down. And a side whose data was meant to be in no "
    "cache "
    "(--cold) and may have been, or one warm side and one cold, is undecided as warm.";

// What a side measures, and what it does when that has ended, well or not.
struct AbSide {
  bench::Suite suite;
  std::function<void(const Error* failure)> end = {};
};

struct AbSuite {
  Verb verb;
  std::function<AbSide(const Arguments&, const bench::Bench&, Context&)> make;
};

// Of a suite that needs nothing of the program around it.
auto alone(bench::Suite (*make)(const Arguments&, const bench::Bench&)) {
  return [make](const Arguments& arguments, const bench::Bench& bench, Context&) {
    return AbSide{make(arguments, bench)};
  };
}

AbSide generate_side(const Arguments& arguments, const bench::Bench& bench, Context& context) {
  return {bench_generate_suite(arguments, bench, context)};
}

AbSide registry_side(const Arguments& arguments, const bench::Bench& bench, Context& context) {
  const auto registry = make_registry_bench(arguments, context);
  return {registry->suite(bench), [registry](const Error* failure) { registry->end(failure); }};
}

std::vector<AbSuite> ab_suites() {
  return {{bench_memory_verb(), alone(bench_memory_suite)},
          {bench_gemm_verb(), alone(bench_gemm_suite)},
          {bench_hash_verb(), alone(bench_hash_suite)},
          {bench_train_verb(), alone(bench_train_suite)},
          {bench_generate_verb(), generate_side},
          {bench_attention_verb(), alone(bench_attention_suite)},
          {bench_operator_verb(), alone(bench_operator_suite)},
          {bench_storage_verb(), alone(bench_storage_suite)},
          {bench_registry_verb(), registry_side}};
}

std::vector<std::string> suite_names() {
  std::vector<std::string> names;
  for (const AbSuite& suite : ab_suites()) names.push_back(suite.verb.name);
  return names;
}

// Static, because Arguments remember the verb whose flags they are.
const AbSuite& suite_of(const std::string& name) {
  static const std::vector<AbSuite> suites = ab_suites();
  const auto found = std::find_if(suites.begin(), suites.end(),
                                  [&](const AbSuite& suite) { return suite.verb.name == name; });
  if (found == suites.end()) {
    const auto close = nearest(name, suite_names());
    throw Error(
        ExitCode::usage, "bench ab knows no suite '" + printable(name) + "'",
        close ? "did you mean '" + *close + "'?" : "aiops bench ab -- COMMAND A -- COMMAND B");
  }
  return *found;
}

bool has_flag(const std::vector<Flag>& flags, const std::string& name) {
  return std::any_of(flags.begin(), flags.end(),
                     [&](const Flag& flag) { return flag.name == name; });
}

// What `bench ab` decides for both sides itself. How a registry is reached is a side's matter where
// registries are what is measured.
bool is_ours(const Verb& verb, const std::string& flag) {
  if (verb.name == kRegistry && has_flag(registry_flags(), flag)) return false;
  return flag == "samples" || flag == "time" || flag == "cold" || has_flag(record_flags(), flag);
}

// "engine=openblas" as the suite's flag.
void set_flag(const Verb& verb, const std::string& word, const std::string& given,
              Arguments& arguments) {
  const auto equals = word.find('=');
  const std::string key = word.substr(0, equals);
  const auto flag = std::find_if(verb.flags.begin(), verb.flags.end(), [&](const Flag& known) {
    return known.name == key && !is_ours(verb, known.name);
  });
  if (flag == verb.flags.end()) {
    std::vector<std::string> known;
    for (const Flag& each : verb.flags)
      if (!is_ours(verb, each.name)) known.push_back(each.name);
    const auto close = nearest(key, known);
    throw Error(ExitCode::usage,
                given + " " + printable(word) + ": bench " + verb.name + " has no --" +
                    printable(key) + " that a side may set",
                close ? "did you mean '" + *close + "'?" : "aiops bench " + verb.name + " --help");
  }
  const bool is_switch = flag->value.empty();
  if (is_switch != (equals == std::string::npos))
    throw Error(ExitCode::usage,
                given + " " + printable(word) + ": --" + key +
                    (is_switch ? " takes no value" : " needs a value"),
                given + " " + key + (is_switch ? "" : "=" + flag->value));
  if (arguments.has(key))
    throw Error(ExitCode::usage, given + " " + printable(word) + ": --" + key + " is set already");
  arguments.flags[key] = {is_switch ? "" : word.substr(equals + 1)};
}

// "registry REF", and "registry REF-A REF-B" for one registry against another. Two commands have a
// mark between them.
bool is_of_registries(const std::vector<std::string>& words) {
  return words[0] == kRegistry && words.size() <= 3 &&
         std::find(words.begin(), words.end(), "--") == words.end();
}

void resolve_suite(const Arguments& arguments, const Settings& settings,
                   const std::vector<std::string>& words, BenchAbOptions& options) {
  const Verb& verb = suite_of(options.suite).verb;
  for (auto& [side, flag] : {std::pair{&options.a, "a"}, std::pair{&options.b, "b"}}) {
    side->arguments.emplace(verb, settings);
    for (const std::string& word : arguments.texts("both"))
      set_flag(verb, word, "--both", *side->arguments);
    for (const std::string& word : arguments.texts(flag))
      set_flag(verb, word, std::string("--") + flag, *side->arguments);
  }
  if (options.suite != kRegistry) return;
  if (words.size() == 1)
    throw Error(ExitCode::usage, "bench ab registry needs a repository",
                "aiops bench ab registry HOST[:PORT]/NAME --a jobs=1 --b jobs=8");
  options.a.arguments->positionals["REF"] = {words[1]};
  options.b.arguments->positionals["REF"] = {words.back()};
}

void resolve_commands(const Arguments& arguments, const std::vector<std::string>& words,
                      BenchAbOptions& options) {
  for (const char* flag : {"a", "b", "both"})
    if (arguments.has(flag))
      throw Error(ExitCode::usage, std::string("--") + flag + " is for suites, not for commands");
  const auto mark = std::find(words.begin(), words.end(), "--");
  options.a.command.assign(words.begin(), mark);
  if (mark != words.end()) options.b.command.assign(mark + 1, words.end());
  const auto& b = options.b.command;
  if (options.a.command.empty() || b.empty() || std::find(b.begin(), b.end(), "--") != b.end())
    throw Error(ExitCode::usage, "bench ab needs two commands",
                "aiops bench ab -- COMMAND A -- COMMAND B");
}

BenchAbOptions resolve(const Arguments& arguments, const Settings& settings) {
  BenchAbOptions options;
  options.common = sampling_options(arguments);
  bench::SampleRule& rule = options.rule.samples;
  rule = options.common.rule;
  rule.timeout_ns = std::llround(*arguments.number("time", 0.001, kLongestSeconds) * 1e9);
  rule.warm_up_ns = std::min(rule.warm_up_ns, rule.timeout_ns);
  rule.data = meant_data(arguments);
  if (!arguments.has("seed")) rule.seed = std::random_device()();
  options.rule.policy.threshold = *arguments.number("threshold", 0.1, 1000) / 100;
  const std::vector<std::string> words = arguments.words("SUITE");
  if (words.size() == 1 || is_of_registries(words)) {
    options.suite = words[0];
    if (options.suite == kRegistry) fit_to_transfers(rule);
    if (arguments.has("clock"))
      throw Error(ExitCode::usage, "--clock is for commands, not for suites");
    resolve_suite(arguments, settings, words, options);
  } else {
    rule.shortest_ns = 0;  // each start is a sample
    if (arguments.text("clock") == "cpu") options.clock = bench::Clock::cpu;
    resolve_commands(arguments, words, options);
  }
  return options;
}

std::vector<Flag> flags() {
  const auto pairs = [](const char* name, const char* help) {
    return Flag{.name = name, .value = "KEY=VALUE", .help = help, .repeat = true};
  };
  std::vector<Flag> flags = {
      pairs("a", "A flag of the suite, for A"),
      pairs("b", "A flag of the suite, for B"),
      pairs("both", "A flag of the suite, for both sides"),
      {.name = "threshold",
       .value = "PERCENT",
       .help = "Least slowdown that is a regression",
       .fallback = "2"},
      {.name = "time",
       .value = "SECONDS",
       .help = "Longest time for the samples of a side",
       .fallback = "5"},
      cold_flag(),
      {.name = "clock",
       .value = "CLOCK",
       .help = "What of a command counts: the time from its start to its end, or its CPU time, "
               "which a busy machine hardly lengthens",
       .choices = {"wall", "cpu"},
       .fallback = "wall"}};
  for (Flag& flag : sampling_flags()) {
    if (flag.name == "samples")
      flag.help = "Take exactly N rounds, instead of until the interval is narrow";
    if (flag.name == "seed") {
      flag.help = "Seed of the order of the rounds; without it, a random one";
      flag.fallback = "";
    }
    flags.push_back(std::move(flag));
  }
  return flags;
}

bench::Suite suite_of_command(const char* side, const std::vector<std::string>& words,
                              bench::Clock clock, const StopFlag& stop) {
  const auto command = std::make_shared<bench::Command>(side, words, stop);
  bench::Suite suite{"ab", 1, {}};
  suite.items.push_back(
      {bench::shell_words(words), [=] { return bench::command_group(command, clock); }});
  return suite;
}

std::vector<bench::AbPair> measure(const BenchAbOptions& options, const bench::Bench& bench,
                                   Context& context) {
  if (options.suite.empty())
    return measure_ab(suite_of_command("A", options.a.command, options.clock, context.stop),
                      suite_of_command("B", options.b.command, options.clock, context.stop),
                      options.rule, bench);
  // Each side has its own threads and its own seed of inputs.
  const auto bench_of = [&](const BenchAbOptions::Side& side) {
    const std::vector<Flag>& flags = suite_of(options.suite).verb.flags;
    const BenchOptions own = has_flag(flags, "threads") ? bench_options(*side.arguments)
                             : has_flag(flags, "time")  ? timed_options(*side.arguments)
                                                        : sampling_options(*side.arguments);
    return bench::Bench{own.rule, own.threads, bench.status, bench.stop, bench.emit};
  };
  const bench::Bench a = bench_of(options.a), b = bench_of(options.b);
  const auto& make = suite_of(options.suite).make;
  const AbSide side_a = make(*options.a.arguments, a, context);
  const AbSide side_b = make(*options.b.arguments, b, context);
  const auto end = [&](const Error* failure) {
    for (const AbSide* side : {&side_a, &side_b})
      if (side->end) side->end(failure);
  };
  try {
    auto pairs = measure_ab(side_a.suite, side_b.suite, options.rule, bench);
    end(nullptr);
    return pairs;
  } catch (const Error& error) {
    end(&error);
    throw;
  }
}

}  // namespace

Verb bench_ab_verb() {
  Verb verb;
  verb.name = "ab";
  verb.summary = "Measure two sides against each other, with a verdict";
  verb.description = kDescription;
  verb.positionals = {
      {.name = "SUITE",
       .help = "memory, gemm, hash, train, generate, attention, operator, storage, or registry and "
               "its REF; or, "
               "after --, COMMAND A -- COMMAND B",
       .arity = Positional::Arity::at_least_one,
       .complete = Complete::file,
       .choices = suite_names()}};
  verb.flags = flags();
  verb.examples = {
      {"aiops bench ab --threshold 50 --time 60 -- sleep 0.02 -- sleep 0.021",
       "two commands; half as slow again would be a regression"},
      {"aiops bench ab --clock cpu --threshold 900 -- aiops version -- aiops --version",
       "what they compute, on a busy machine"},
      {"aiops bench ab hash --a algorithm=sha512 --b algorithm=sha256 --both block=64KiB "
       "--threshold 500 --time 60 --out ab.jsonl && aiops bench verify ab.jsonl",
       "two values of a suite's flag; the records kept, and their figures worked out again"},
      {"aiops bench ab registry registry.example.com/bench --both size=64KiB --both operation=push "
       "--a jobs=1 --b jobs=4 --threshold 900 --time 60",
       "whether four connections bring something"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_ab(resolve(arguments, context.settings), context);
  };
  return verb;
}

void bench_ab(const BenchAbOptions& options, Context& context) {
  RecordSink sink(options.common, context);
  const bench::Bench bench{options.rule.samples,
                           1,
                           context.status,
                           context.stop,
                           [&](const Json& record) { sink.take(record); },
                           sink.subject()};
  std::vector<VerdictRow> rows;
  try {
    for (const bench::AbPair& pair : measure(options, bench, context))
      rows.push_back({pair.baseline, pair.candidate, value_cell(pair.baseline),
                      value_cell(pair.candidate), pair.candidate.at("gate")});
  } catch (const Error&) {
    if (sink.records().empty()) throw;
    sink.save();  // what is measured is measured
    if (!context.report.is_json()) context.report.table(OrderedJson(), table_of(sink.records()));
    sink.keep_unattached();
    throw;
  }
  sink.save();
  const Sides sides{"A", "B", "a longer --time, a larger --threshold or a quieter machine"};
  if (!context.report.is_json()) context.report.table(OrderedJson(), verdict_table(rows, sides));
  sink.attach();
  conclude(rows, sides, context.status);
}

}  // namespace aiops::commands
