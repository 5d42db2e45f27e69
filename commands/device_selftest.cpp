// SPDX-License-Identifier: Apache-2.0
#include "commands/device_selftest.hpp"

#include "base/error.hpp"
#include "base/output_file.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "bench/canonical.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace aiops::commands {
namespace {

using bench::CheckResult;
using State = CheckResult::State;

constexpr const char* kDescription =
    "Runs copies, events, graphs and every operator of the CUDA plug-in on the GPU that is there, "
    "at shapes with odd edges, and compares what they wrote with the reference in double "
    "precision. An operator that the plug-in or its libraries do not serve is counted as such.\n\n"
    "--out keeps a record: the GPU, the driver, the versions of every library, this program, the "
    "date and the largest error of each check. Nobody who made these operators had a GPU, so such "
    "records are what says that they are right: please share yours.\n\n"
    "The exit code is 0 when everything that is served agrees, 1 when something differs, and 7 "
    "where no GPU can be used.";

DeviceSelftestOptions resolve(const Arguments& arguments) {
  DeviceSelftestOptions options{.search = device_search(arguments), .how = {}, .out = {}};
  options.how.ordinal = static_cast<int>(arguments.integer("gpu", 0, 1023).value());
  if (arguments.is_on("deterministic")) options.how.determinism = bench::Determinism::on;
  options.how.names = arguments.words("CHECK");
  options.out = arguments.path("out");
  return options;
}

// One row for each operator and type: how many cases, and the worst.
Table summarise(const std::vector<CheckResult>& checks) {
  Table table{{"CHECK", "TYPE", "CASES", "RESULT", "WORST ERROR", "ALLOWED"}, {}};
  std::map<std::pair<std::string, std::string>, std::vector<const CheckResult*>> groups;
  std::vector<std::pair<std::string, std::string>> order;
  for (const CheckResult& check : checks) {
    auto& group = groups[{check.name, check.type}];
    if (group.empty()) order.emplace_back(check.name, check.type);
    group.push_back(&check);
  }
  for (const auto& key : order) {
    const auto& group = groups[key];
    const CheckResult& worst = **std::ranges::max_element(group, {}, [](const CheckResult* one) {
      return std::pair(one->state == State::differs, one->error);
    });
    const bool is_measured = worst.state != State::not_served && !worst.type.empty();
    table.rows.push_back({key.first, key.second.empty() ? "-" : key.second,
                          std::to_string(group.size()), name_of(worst.state),
                          is_measured ? fmt::format("{:.1e}", worst.error) : "-",
                          is_measured ? fmt::format("{:.0e}", worst.allowed) : "-"});
  }
  return table;
}

// The first check that differs, in words.
Error failure(const bench::Selftest& selftest) {
  const auto& worst = *std::ranges::find(selftest.checks, State::differs, &CheckResult::state);
  const std::string why = worst.remark.empty() ? fmt::format("error {:.1e}, {:.0e} is allowed",
                                                             worst.error, worst.allowed)
                                               : worst.remark;
  return {ExitCode::failed,
          fmt::format("{} of {} differ on {}, the first is {} ({}): {}",
                      selftest.count(State::differs), counted(selftest.checks.size(), "check"),
                      selftest.gpu.name, worst.name, worst.shape, why),
          "keep the record (--out FILE) and report it"};
}

}  // namespace

Verb device_selftest_verb() {
  Verb verb;
  verb.name = "selftest";
  verb.summary = "Prove the operators on the GPU that is there";
  verb.description = kDescription;
  verb.positionals = {{.name = "CHECK",
                       .help = "What to check; without any, everything",
                       .arity = Positional::Arity::any,
                       .complete = Complete::choice,
                       .choices = bench::selftest_names()}};
  verb.flags = {
      {.name = "out",
       .value = "FILE",
       .help = "Write the record there",
       .complete = Complete::file,
       .suffixes = ".json"},
      {.name = "gpu", .value = "N", .help = "Which GPU", .fallback = "0"},
      {.name = "deterministic", .help = "With algorithms that give the same bits each time only"}};
  for (Flag& flag : device_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {{"aiops device selftest --out selftest.json || [ $? = 7 ]",
                    "a record to share; 7 says that there is no GPU"},
                   {"aiops device selftest linear attention -o json || [ $? = 7 ]",
                    "two of the checks, the record on standard output"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    device_selftest(resolve(arguments), context);
  };
  return verb;
}

void device_selftest(const DeviceSelftestOptions& options, Context& context) {
  const std::string started_at = rfc3339_now();
  const bench::DeviceChain chain = bench::inspect_devices(options.search);
  const bench::Selftest selftest = bench::run_selftest(chain, options.how, context.status);
  const Json record = bench::selftest_record(chain, selftest, started_at);
  if (options.out) write_output(*options.out, bench::to_canonical(record) + "\n");
  context.report.table(OrderedJson(record), summarise(selftest.checks));
  context.status.step(fmt::format("{}: {} agree, {} differ, {} not served", selftest.gpu.name,
                                  counted(selftest.count(State::agrees), "check"),
                                  selftest.count(State::differs),
                                  selftest.count(State::not_served)));
  if (selftest.count(State::differs) > 0) throw failure(selftest);
}

}  // namespace aiops::commands
