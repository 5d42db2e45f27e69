// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_verify.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/verification.hpp"
#include "cli/arguments.hpp"

#include <optional>

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Works out every figure of stored records again from their raw samples: the median and its "
    "interval, percentiles, rates, shares of the ceiling, why sampling stopped, whether the clock "
    "was throttled, the verdict of a comparison, and the hashes that say what a record may be "
    "compared with. A figure that does "
    "not follow is named, and the exit code is 3.\n\n"
    "A file has one record, an array of them, or one a line, as -o json and --out write them. The "
    "second record of 'bench ab' is checked against the first, so keep them in one file. Of an "
    "artifact all records are verified that are attached to it (bench … --attach), and none may "
    "name another artifact. What cannot be read is named, and the exit code is 8 when everything "
    "else holds.\n\n"
    "That a record holds says that nobody changed its figures alone. It does not say that the run "
    "was honest, nor who made it. With --key every attached record must also be signed by one of "
    "the keys given; without, it is said who vouches for each.\n\n";

BenchVerifyOptions resolve(const Arguments& arguments) {
  BenchVerifyOptions options;
  options.sources = record_sources(arguments.words("REF"));
  options.access = source_access(arguments);
  require_keys_of_use(options.access, options.sources);
  return options;
}

// What became of one record: what does not hold, and whether a signature was missed.
struct Outcome {
  std::vector<bench::Finding> findings;
  std::optional<Reason> missed = {};
};

Outcome verify(const RecordSet& set, const bench::StoredRecord& record,
               const SourceAccess& access) {
  Outcome outcome{findings_of(set, record)};
  if (access.keys.empty() || !set.attached || set.attached->maker == Maker::trusted) return outcome;
  outcome.missed = reason_of(set.attached->maker);
  outcome.findings.push_back({"signature", "of a key given is missing: " + record.standing});
  return outcome;
}

// An edited record is that, signed or not.
Error to_error(const Outcome& outcome, const std::string& message) {
  return outcome.missed && outcome.findings.size() == 1
             ? verification_error(*outcome.missed, message)
             : bench::figure_mismatch(message);
}

// What verification found so far, in both forms.
struct Result {
  OrderedJson list = OrderedJson::array();
  Table table{{"record", "id", "verdict"}, {}};
  std::optional<Error> first;  // that does not hold
  std::size_t wrong = 0, unreadable = 0;

  void add(const RecordSet& set, const bench::StoredRecord& record, const Outcome& outcome) {
    const bool has_id =
        record.json.is_object() && record.json.contains("id") && record.json.at("id").is_string();
    const std::string id = has_id ? printable(record.json.at("id").get<std::string>()) : "-";
    OrderedJson found = OrderedJson::array();
    for (const bench::Finding& finding : outcome.findings) {
      found.push_back({{"field", finding.field}, {"why", finding.why}});
      table.rows.push_back({record.where, id, finding.field + " " + finding.why});
    }
    const bool holds = outcome.findings.empty();
    if (holds)  // a file is signed by nobody: nothing to say
      table.rows.push_back(
          {record.where, id, "holds" + (set.attached ? "; " + record.standing : "")});
    if (!holds && wrong++ == 0)
      first = to_error(
          outcome, record.where + ": " + outcome.findings[0].field + " " + outcome.findings[0].why);
    list.push_back({{"record", record.where},
                    {"id", has_id ? OrderedJson(id) : OrderedJson(nullptr)},
                    {"verified", holds},
                    {"standing", record.standing},
                    {"findings", std::move(found)}});
  }

  void conclude() const {
    if (first) {
      Error error = *first;
      if (wrong > 1) error.message += ", and " + counted(wrong - 1, "other record") + " too";
      throw error;
    }
    if (unreadable > 0)
      throw Error(ExitCode::partial,
                  counted(unreadable, "attachment") + " not verified: see the warnings");
  }
};

}  // namespace

Verb bench_verify_verb() {
  Verb verb;
  verb.name = "verify";
  verb.summary = "Work out the figures of stored records again";
  verb.description = std::string(kDescription) + kSourceRule;
  verb.positionals = {
      record_positional("REF", "An artifact with records, or a file of them: JSON or JSON Lines",
                        Positional::Arity::at_least_one)};
  verb.flags = source_flags();
  verb.examples = {{"aiops bench hash --block 1KiB --samples 10 --out hash.jsonl && "
                    "aiops bench verify hash.jsonl",
                    "records, and that their figures follow from their samples"},
                   {"aiops bench ab --threshold 900 --out ab.jsonl -- true -- true && "
                    "aiops bench verify ab.jsonl -o json",
                    "both sides of a comparison, and its verdict"},
                   {"aiops bench attach demo:1 hash.jsonl --sign aiops.key && "
                    "aiops bench verify demo:1 --key aiops.pub",
                    "what is kept with an artifact, and that it is signed by a key"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_verify(resolve(arguments), context);
  };
  return verb;
}

void bench_verify(const BenchVerifyOptions& options, Context& context) {
  Result result;
  for (const RecordSource& source : options.sources) {
    const RecordSets read = read_records_of(source, options.access, context);
    result.unreadable += read.unreadable;
    for (const RecordSet& set : read.sets) {
      for (const auto& record : set.records) {
        context.stop.check();
        result.add(set, record, verify(set, record, options.access));
      }
    }
  }
  context.report.table(result.list, result.table);
  result.conclude();
}

}  // namespace aiops::commands
