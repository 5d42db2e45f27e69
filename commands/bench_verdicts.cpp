// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_verdicts.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "commands/bench_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aiops::commands {
namespace {

std::string signed_percent(double value) {
  return fmt::format("{:+.{}f}%", value, std::abs(value) < 10 ? 2 : 1);
}
// Two digits: more is not meant, and fewer would be none.
std::string two_digits(double value) {
  return std::abs(value) < 99.5 ? fmt::format("{:.2g}", std::abs(value))
                                : fmt::format("{:.0f}", std::abs(value));
}
std::string plain_percent(double value) { return two_digits(value) + " %"; }

std::string interval_cell(const Json& gate) {
  const Json& interval = gate.at("ci95_pct");
  if (interval.is_null()) return "?";
  return signed_percent(interval.at(0).get<double>()) + ".." +
         signed_percent(interval.at(1).get<double>());
}

std::string detectable_cell(const Json& gate) {
  const Json& least = gate.at("detectable_pct");
  return least.is_null() ? "?" : two_digits(least.get<double>()) + "%";
}

bool has_verdict(const VerdictRow& row, const char* verdict) {
  return row.gate.at("verdict") == verdict;
}

double effect_of(const VerdictRow& row) { return row.gate.at("effect_pct").get<double>(); }

// "B is 10 % slower than A (95 %: +9.1%..+11.3%)".
std::string sentence(const VerdictRow& row, const Sides& sides) {
  const double effect = effect_of(row);
  return fmt::format("{} is {} {} than {} (95 %: {})", sides.b, plain_percent(effect),
                     effect >= 0 ? "slower" : "faster", sides.a, interval_cell(row.gate));
}

std::string could_see(const VerdictRow& row) {
  const Json& least = row.gate.at("detectable_pct");
  if (least.is_null()) return "no slowdown would have been seen";
  return "a slowdown of " + plain_percent(least.get<double>()) +
         " would be found in 9 of 10 such measurements";
}

std::string among(std::size_t count, std::size_t all) {
  return all == 1 ? "" : fmt::format("{} of {} cases; ", count, all);
}

}  // namespace

Table verdict_table(const std::vector<VerdictRow>& rows, const Sides& sides) {
  Table table;
  table.rows.resize(rows.size());
  if (rows.empty()) return table;
  const auto gates = [&](auto make_cell) {
    return cells_of(rows, [&](const VerdictRow& row) { return make_cell(row.gate); });
  };
  add_column(table, "verdict",
             gates([](const Json& gate) { return gate.at("verdict").get<std::string>(); }));
  std::vector<Json> baselines;
  for (const VerdictRow& row : rows) baselines.push_back(row.baseline);
  add_varying_columns(table, baselines);
  const std::string unit = " " + unit_of(rows[0].baseline);
  add_column(table, sides.a + unit, cells_of(rows, [](const VerdictRow& row) { return row.a; }));
  add_column(table, sides.b + unit, cells_of(rows, [](const VerdictRow& row) { return row.b; }));
  add_column(table, "slower by",
             cells_of(rows, [](const VerdictRow& row) { return signed_percent(effect_of(row)); }));
  add_column(table, "95 %", gates(interval_cell));
  add_column(table, "p", gates([](const Json& gate) {
               return fmt::format("{:.2g}", gate.at("p").get<double>());
             }));
  add_column(table, "sees", gates(detectable_cell));
  add_column(table, rows[0].gate.at("design").get<std::string>(),
             gates([](const Json& gate) { return to_text(gate.at("n")); }));
  return table;
}

void conclude(const std::vector<VerdictRow>& rows, const Sides& sides, Status& status) {
  const auto worst_of = [&](const char* verdict) {
    const VerdictRow* worst = nullptr;
    for (const VerdictRow& row : rows)
      if (has_verdict(row, verdict) && (worst == nullptr || effect_of(row) > effect_of(*worst)))
        worst = &row;
    return worst;
  };
  const auto count = [&](const char* verdict) {
    return among(static_cast<std::size_t>(std::count_if(
                     rows.begin(), rows.end(),
                     [&](const VerdictRow& row) { return has_verdict(row, verdict); })),
                 rows.size());
  };
  if (const VerdictRow* worst = worst_of("regression"))
    throw Error(ExitCode::regression, count("regression") + sentence(*worst, sides));
  if (const VerdictRow* worst = worst_of("undecided"))
    throw Error(ExitCode::undecided,
                "undecided: " + count("undecided") + worst->gate.at("reason").get<std::string>() +
                    "; " + could_see(*worst),
                sides.mend);
  const VerdictRow* worst = worst_of("ok");
  if (worst == nullptr) worst = worst_of("faster");
  status.step("no regression: " + sentence(*worst, sides) + "; " + could_see(*worst));
}

}  // namespace aiops::commands
