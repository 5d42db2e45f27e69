// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_report.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/output_file.hpp"
#include "base/units.hpp"
#include "bench/record_rows.hpp"
#include "bench/report.hpp"
#include "cli/arguments.hpp"
#include "sign/referrer.hpp"

#include <nlohmann/json.hpp>

#include <iterator>
#include <sstream>

namespace aiops::commands {
namespace {

constexpr std::size_t kDrawnWidth = 60;

constexpr const char* kDescription =
    "Shows records, from files or from an artifact that they are attached to (bench … --attach): "
    "one HTML page that needs no network and no script, with the figure of "
    "each record, how its samples are distributed, and how they came in time. The two sides of "
    "'bench ab' are drawn over each other, with the verdict; work that was measured in several "
    "runs also gets its figures over time, with their intervals, and work whose records state "
    "operations and bytes a roofline below the ceilings that were measured.\n\n"
    "The page goes to standard output, or to the file of --out. --term draws the distributions in "
    "the terminal instead; --markdown and --csv write a table with a row for each record. Records "
    "in files whose figures do not follow from their samples are "
    "refused with exit code 3; such an attachment is named and left out, with exit code 8, since "
    "whoever may push can attach one.\n\n"
    "Of each record it is said whether it is signed and whether that was verified: with --key, or "
    "with the keys in the folder 'trusted' beside the user's configuration file. Everything else "
    "is a claim. A signature says who made the record, not that the run was honest.\n\n";

BenchReportOptions::Form form_of(const Arguments& arguments) {
  using Form = BenchReportOptions::Form;
  std::optional<Form> form;
  for (const auto& [flag, meant] :
       {std::pair{"term", Form::drawing}, std::pair{"markdown", Form::markdown},
        std::pair{"csv", Form::csv}}) {
    if (!arguments.is_on(flag)) continue;
    if (form)
      throw Error(ExitCode::usage, "--term, --markdown and --csv are different forms of a report",
                  "give one of them");
    form = meant;
  }
  return form.value_or(Form::page);
}

BenchReportOptions resolve_options(const Arguments& arguments) {
  BenchReportOptions options;
  options.sources = record_sources(arguments.words("REF"));
  options.access = source_access(arguments);
  options.out = arguments.path("out");
  options.form = form_of(arguments);
  if (options.out && options.form == BenchReportOptions::Form::drawing)
    throw Error(ExitCode::usage, "--out is for the page, and --term draws none");
  return options;
}

// Line by line, so that names in records cannot move the terminal's cursor.
std::string safe(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) result += printable(line) + '\n';
  return result;
}

struct Gathered {
  std::vector<bench::StoredRecord> records;
  std::size_t refused = 0;  // attachments
};

// All of an attachment or nothing; a file must hold.
void add(RecordSet set, Context& context, Gathered& all) {
  try {
    require_records(set, context);
  } catch (const Error& error) {
    if (!set.attached || !sign::is_about_content(error)) throw;
    context.status.warn(error.message);
    ++all.refused;
    return;
  }
  std::move(set.records.begin(), set.records.end(), std::back_inserter(all.records));
}

std::string text_in(BenchReportOptions::Form form,
                    const std::vector<bench::StoredRecord>& records) {
  switch (form) {
    case BenchReportOptions::Form::drawing:
      return safe(bench::drawing_of(records, kDrawnWidth));
    case BenchReportOptions::Form::markdown:
      return bench::markdown_of(records);
    case BenchReportOptions::Form::csv:
      return bench::csv_of(records);
    case BenchReportOptions::Form::page:
      break;
  }
  return bench::html_of(records);
}

void show(const BenchReportOptions& options, const std::vector<bench::StoredRecord>& records,
          Context& context) {
  const std::string text = text_in(options.form, records);
  if (!options.out) return context.report.raw(text);
  write_output(*options.out, text);
  const std::string name = options.out->string();
  context.report.answer(name, {{"page", name}, {"records", records.size()}}, name);
}

}  // namespace

Verb bench_report_verb() {
  Verb verb;
  verb.name = "report";
  verb.summary = "Show stored records as a page, or in the terminal";
  verb.description = std::string(kDescription) + kSourceRule;
  verb.positionals = {
      record_positional("REF", "An artifact with records, or a file of them: JSON or JSON Lines",
                        Positional::Arity::at_least_one)};
  verb.flags = {{.name = "out",
                 .value = "FILE",
                 .help = "Write the page or the table to FILE",
                 .complete = Complete::file,
                 .suffixes = ".html .md .csv"},
                {.name = "term", .help = "Draw in the terminal instead"},
                {.name = "markdown", .help = "A table in Markdown instead, a row for each record"},
                {.name = "csv", .help = "A table in CSV instead, with all digits"}};
  for (Flag& flag : source_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {{"aiops bench hash --block 64,1KiB --samples 50 --out hash.jsonl && "
                    "aiops bench report hash.jsonl --out hash.html",
                    "a page of four records"},
                   {"aiops bench report hash.jsonl --term", "the same in the terminal"},
                   {"aiops bench report hash.jsonl --markdown", "a table to paste"},
                   {"aiops bench hash --block 1KiB --samples 50 --attach demo:1 --sign aiops.key "
                    "&& aiops bench report demo:1 --key aiops.pub --term",
                    "what was measured on an artifact, and who says so"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_report(resolve_options(arguments), context);
  };
  return verb;
}

void bench_report(const BenchReportOptions& options, Context& context) {
  Gathered all;
  for (const auto& source : options.sources) {
    RecordSets read = read_records_of(source, options.access, context);
    all.refused += read.unreadable;
    for (RecordSet& set : read.sets) add(std::move(set), context, all);
  }
  if (!all.records.empty()) show(options, all.records, context);
  if (all.refused > 0)
    throw Error(ExitCode::partial,
                counted(all.refused, "attachment") + " left out: see the warnings");
}

}  // namespace aiops::commands
