// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_verify.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/verification.hpp"
#include "cli/arguments.hpp"
#include "commands/bench_options.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Works out every figure of stored records again from their raw samples: the median and its "
    "interval, percentiles, rates, shares of the ceiling, why sampling stopped, whether the clock "
    "was throttled, the verdict of a comparison, and the hashes that say what a record may be "
    "compared with. A figure that does "
    "not follow is named, and the exit code is 3.\n\n"
    "FILE has one record, an array of them, or one a line, as -o json and --out write them. The "
    "second record of 'bench ab' is checked against the first, so keep them in one file.\n\n"
    "That a record holds says that nobody changed its figures alone. It does not say that the run "
    "was honest, nor who made it.";

BenchVerifyOptions resolve(const Arguments& arguments) {
  BenchVerifyOptions options;
  for (const std::string& word : arguments.words("FILE")) options.files.emplace_back(word);
  return options;
}

// What verification found so far, in both forms.
struct Result {
  OrderedJson list = OrderedJson::array();
  Table table{{"record", "id", "verdict"}, {}};
  std::string first;  // that does not follow
  std::size_t wrong = 0;

  void add(const bench::StoredRecord& record, const std::vector<bench::Finding>& findings) {
    const bool has_id =
        record.json.is_object() && record.json.contains("id") && record.json.at("id").is_string();
    const std::string id = has_id ? printable(record.json.at("id").get<std::string>()) : "-";
    OrderedJson found = OrderedJson::array();
    for (const bench::Finding& finding : findings) {
      found.push_back({{"field", finding.field}, {"why", finding.why}});
      table.rows.push_back({record.where, id, finding.field + " " + finding.why});
    }
    if (findings.empty()) table.rows.push_back({record.where, id, "holds"});
    if (!findings.empty() && wrong++ == 0)
      first = record.where + ": " + findings[0].field + " " + findings[0].why;
    list.push_back({{"record", record.where},
                    {"id", has_id ? OrderedJson(id) : OrderedJson(nullptr)},
                    {"verified", findings.empty()},
                    {"findings", std::move(found)}});
  }
};

}  // namespace

Verb bench_verify_verb() {
  Verb verb;
  verb.name = "verify";
  verb.summary = "Work out the figures of stored records again";
  verb.description = kDescription;
  verb.positionals = {
      stored_records("FILE", "Records: JSON or JSON Lines", Positional::Arity::at_least_one)};
  verb.examples = {{"aiops bench hash --block 1KiB --samples 10 --out hash.jsonl && "
                    "aiops bench verify hash.jsonl",
                    "records, and that their figures follow from their samples"},
                   {"aiops bench ab --threshold 900 --out ab.jsonl -- true -- true && "
                    "aiops bench verify ab.jsonl -o json",
                    "both sides of a comparison, and its verdict"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_verify(resolve(arguments), context);
  };
  return verb;
}

void bench_verify(const BenchVerifyOptions& options, Context& context) {
  Result result;
  for (const auto& file : options.files) {
    const auto records = bench::read_records(file);
    for (const auto& record : records) {
      context.stop.check();
      result.add(record, bench::check_figures(record.json, records));
    }
  }
  context.report.table(result.list, result.table);
  if (result.wrong == 0) return;
  const std::size_t others = result.wrong - 1;
  throw bench::figure_mismatch(
      result.first + (others == 0 ? "" : ", and " + counted(others, "other record") + " too"));
}

}  // namespace aiops::commands
