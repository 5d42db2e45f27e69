// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_report.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "bench/report.hpp"
#include "cli/arguments.hpp"
#include "commands/bench_options.hpp"

#include <sstream>

namespace aiops::commands {
namespace {

constexpr std::size_t kDrawnWidth = 60;

constexpr const char* kDescription =
    "Shows stored records: one HTML page that needs no network and no script, with the figure of "
    "each record, how its samples are distributed, and how they came in time. The two sides of "
    "'bench ab' are drawn over each other, with the verdict; work that was measured in several "
    "runs also gets its figures run by run.\n\n"
    "The page goes to standard output, or to the file of --out. --term draws the distributions in "
    "the terminal instead. Records whose figures do not follow from their samples are refused with "
    "exit code 3.";

BenchReportOptions resolve(const Arguments& arguments) {
  BenchReportOptions options;
  for (const std::string& word : arguments.words("FILE")) options.files.emplace_back(word);
  options.out = arguments.path("out");
  if (arguments.is_on("term")) options.form = BenchReportOptions::Form::drawing;
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

}  // namespace

Verb bench_report_verb() {
  Verb verb;
  verb.name = "report";
  verb.summary = "Show stored records as a page, or in the terminal";
  verb.description = kDescription;
  verb.positionals = {
      stored_records("FILE", "Records: JSON or JSON Lines", Positional::Arity::at_least_one)};
  verb.flags = {{.name = "out",
                 .value = "FILE",
                 .help = "Write the page to FILE",
                 .complete = Complete::file,
                 .suffixes = ".html"},
                {.name = "term", .help = "Draw in the terminal instead"}};
  verb.examples = {{"aiops bench hash --block 64,1KiB --samples 50 --out hash.jsonl && "
                    "aiops bench report hash.jsonl --out hash.html",
                    "a page of four records"},
                   {"aiops bench report hash.jsonl --term", "the same in the terminal"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_report(resolve(arguments), context);
  };
  return verb;
}

void bench_report(const BenchReportOptions& options, Context& context) {
  std::vector<bench::StoredRecord> all;
  for (const auto& file : options.files) {
    auto records = bench::read_records(file);
    for (const auto& record : records) {
      context.stop.check();
      bench::require_figures(record.json, records, record.where);
    }
    std::move(records.begin(), records.end(), std::back_inserter(all));
  }
  if (options.form == BenchReportOptions::Form::drawing)
    return context.report.raw(safe(bench::drawing_of(all, kDrawnWidth)));
  const std::string page = bench::html_of(all);
  if (!options.out) return context.report.raw(page);
  write_file_atomically(*options.out, page);
  const std::string name = options.out->string();
  context.report.answer(name, {{"page", name}, {"records", all.size()}}, name);
}

}  // namespace aiops::commands
