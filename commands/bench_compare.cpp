// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_compare.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/digits.hpp"
#include "bench/stored.hpp"
#include "bench/verdict.hpp"
#include "bench/verification.hpp"
#include "cli/arguments.hpp"
#include "commands/bench_cells.hpp"
#include "commands/bench_verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Compares stored records of two times or two versions: is what NEW measured slower than what "
    "OLD did? Both may hold several cases, and must hold the same ones. The exit code is the "
    "verdict, as that of 'bench ab': 0, 9 for a regression, 10 for undecided.\n\n"
    "What a machine did between two runs is part of their difference, and no test can take it out. "
    "So the unit is the run, not the sample: each side needs at least seven records of each case, "
    "made by seven runs of the program, eight where there are several cases, and fewer are "
    "undecided. Keep the runs apart in time, and "
    "where both versions are at hand, prefer 'bench ab'. Files of several runs are records one "
    "after the other: cat old-*.jsonl > old.jsonl. A run whose clock fell by a tenth and stayed "
    "there was throttled, and a comparison with it is undecided. So is one of runs that were meant "
    "to find their data in no cache (--cold) and may have, and one of warm runs with cold ones.\n\n"
    "Records are compared only when their comparable_sha256 is the same: work, engine, CPU, "
    "virtualisation, limits, GPU and isolation. What differs is named. The versions of engine, "
    "program and microcode may differ: they are what one wants to compare. Records whose figures "
    "do "
    "not follow from their samples are refused with exit code 3.\n\n"
    "OLD and NEW are files, or artifacts whose attached records are compared (bench … --attach): "
    "all of them, each of which must hold and name no other artifact, since whoever may push can "
    "attach one. With --key only those take part that one of the keys signed; the others are named "
    "and left out, and with none left the exit code is 3.\n\n";

BenchCompareOptions resolve(const Arguments& arguments) {
  BenchCompareOptions options;
  options.before = record_source(arguments.word("OLD"));
  options.after = record_source(arguments.word("NEW"));
  options.access = source_access(arguments);
  require_keys_of_use(options.access, {options.before, options.after});
  options.policy.threshold = *arguments.number("threshold", 0.1, 1000) / 100;
  return options;
}

// Whether what was said of a set of records is enough to let it take part.
bool takes_part(const RecordSet& set, const SourceAccess& access) {
  return access.keys.empty() || !set.attached || set.attached->maker == Maker::trusted;
}

// The records of a side, each of which holds. Says how many are attached and no more than claims.
std::vector<bench::StoredRecord> records_of(const char* side, const RecordSource& source,
                                            const BenchCompareOptions& options, Context& context) {
  RecordSets read = read_records_of(source, options.access, context);
  std::vector<bench::StoredRecord> all;
  Maker best = Maker::nobody;
  std::size_t claims = 0;
  for (RecordSet& set : read.sets) {
    if (!takes_part(set, options.access)) {
      best = std::max(best, set.attached->maker);
      context.status.warn(set.records[0].where + ": left out: " + set.records[0].standing);
      continue;
    }
    require_records(set, context);
    if (set.attached && set.attached->maker != Maker::trusted) claims += set.records.size();
    std::move(set.records.begin(), set.records.end(), std::back_inserter(all));
  }
  // Signed ones could be read: what could not is no more than a claim.
  if (read.unreadable > 0 && options.access.keys.empty())
    throw Error(
        ExitCode::partial,
        "no verdict without " + counted(read.unreadable, "attachment") + ": see the warnings",
        "--key PUB leaves out what that key did not sign");
  if (all.empty())
    throw verification_error(reason_of(best), std::get<pack::Reference>(source).str() +
                                                  ": no record is signed by a key given");
  if (claims > 0)
    context.status.step(fmt::format("{}: {} of {} are claims, which no trusted key signed", side,
                                    claims, counted(all.size(), "record")));
  return all;
}

std::string cell_of_runs(const std::vector<Json>& runs) {
  if (runs.size() == 1) return value_cell(runs[0]);
  std::vector<double> values;
  for (const Json& run : runs) values.push_back(run.at("metrics").at(0).at("value").get<double>());
  const double middle = bench::median_of(values);
  for (double& value : values) value = std::abs(value - middle);
  return bench::format_supported(middle, bench::median_of(values));
}

OrderedJson line_of(const bench::StoredCase& stored, const Json& gate) {
  const auto ids = [](const std::vector<Json>& runs) {
    OrderedJson list = OrderedJson::array();
    for (const Json& run : runs) list.push_back(run.at("id").get<std::string>());
    return list;
  };
  return {{"workload", stored.before[0].at("workload")},
          {"engine", stored.before[0].at("engine").at("name")},
          {"old", ids(stored.before)},
          {"new", ids(stored.after)},
          {"gate", gate}};
}

}  // namespace

Verb bench_compare_verb() {
  Verb verb;
  verb.name = "compare";
  verb.summary = "Compare stored records, with a verdict";
  verb.description = std::string(kDescription) + kSourceRule;
  verb.positionals = {
      record_positional("OLD",
                        "Records to compare with: a file, or the artifact they are kept with"),
      record_positional("NEW", "Records to judge")};
  verb.flags = {{.name = "threshold",
                 .value = "PERCENT",
                 .help = "Least slowdown that is a regression",
                 .fallback = "2"}};
  for (Flag& flag : source_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"for run in 1 2 3 4 5 6 7; do for side in old new; do aiops bench hash "
       "--algorithm sha256 --block 64KiB --samples 10 --out $side-$run.jsonl; done; done",
       "seven runs of each side, in turns"},
      {"cat old-*.jsonl >old.jsonl && cat new-*.jsonl >new.jsonl && "
       "aiops bench compare old.jsonl new.jsonl --threshold 900",
       "ten times as slow would be a regression"},
      {"aiops bench attach demo:1 old.jsonl --sign aiops.key && "
       "aiops bench compare demo:1 new.jsonl --key aiops.pub --threshold 900",
       "with what is kept with an artifact, as far as a key signed it"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_compare(resolve(arguments), context);
  };
  return verb;
}

void bench_compare(const BenchCompareOptions& options, Context& context) {
  const auto before = records_of("old", options.before, options, context);
  const auto after = records_of("new", options.after, options, context);
  const auto cases = bench::match_cases(before, after);
  bench::GatePolicy policy = options.policy;
  policy.comparisons = cases.size();
  std::vector<VerdictRow> rows;
  for (const bench::StoredCase& stored : cases) {
    const Json gate = gate_json(decide_runs(stored.before, stored.after, policy), policy, "runs");
    rows.push_back({stored.before[0], stored.after[0], cell_of_runs(stored.before),
                    cell_of_runs(stored.after), gate});
    if (context.report.is_json()) context.report.line(line_of(stored, gate), {});
  }
  const Sides sides{"old", "new", "more runs of the program on either side, or aiops bench ab"};
  if (!context.report.is_json()) context.report.table(OrderedJson(), verdict_table(rows, sides));
  context.status.step(
      "what the machine did between the runs is part of the difference: bench ab would leave it "
      "out");
  conclude(rows, sides, context.status);
}

}  // namespace aiops::commands
