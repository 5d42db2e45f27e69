// SPDX-License-Identifier: Apache-2.0
#include "base/units.hpp"
#include "bench/digits.hpp"
#include "bench/record_text.hpp"
#include "commands/bench_cells.hpp"
#include "commands/bench_options.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace aiops::commands {
namespace {

constexpr std::string_view kBytes = "_bytes";

// A parameter as a cell: sizes in units, nothing where there is nothing.
std::string cell_of(const std::string& name, const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (std::string_view(name).ends_with(kBytes)) return format_bytes(value.get<std::uint64_t>());
  return to_text(value);
}

// Parameters in the order people say them, then the others by name.
std::vector<std::string> parameters_of(const std::vector<Json>& records) {
  std::vector<std::string> names = {"operation", "algorithm", "transpose", "m", "n", "k"};
  std::set<std::string> present;
  for (const Json& record : records)
    for (const auto& [name, value] : record.at("workload").at("params").items())
      present.insert(name);
  std::erase_if(names, [&](const std::string& name) { return present.erase(name) == 0; });
  names.insert(names.end(), present.begin(), present.end());
  return names;
}

bool varies(const std::vector<std::string>& cells) {
  return std::adjacent_find(cells.begin(), cells.end(), std::not_equal_to<>()) != cells.end();
}

const Json& metric_of(const Json& record) { return record.at("metrics").at(0); }

std::optional<double> half_width(const Json& metric) {
  if (metric.at("ci95").is_null()) return std::nullopt;
  const double value = metric.at("value").get<double>();
  return std::max(value - metric.at("ci95").at(0).get<double>(),
                  metric.at("ci95").at(1).get<double>() - value);
}

std::string noise_cell(const Json& record) {
  const auto width = half_width(metric_of(record));
  if (!width) return "?";
  return "±" +
         bench::format_supported(100 * *width / metric_of(record).at("value").get<double>(),
                                 std::nullopt) +
         "%";
}

// The share of a ceiling: "measured", or "datasheet".
std::string share_cell(const Json& record, const char* ceiling) {
  const auto share = bench::share_of(record, ceiling);
  return share ? std::to_string(std::llround(100 * *share)) + "%" : "-";
}

void add_share(Table& table, const std::string& header, const std::vector<Json>& records,
               const char* ceiling) {
  const auto cells =
      cells_of(records, [&](const Json& record) { return share_cell(record, ceiling); });
  if (varies(cells) || cells[0] != "-") add_column(table, header, cells);
}

}  // namespace

void add_column(Table& table, const std::string& header, const std::vector<std::string>& cells) {
  table.headers.push_back(header);
  for (std::size_t i = 0; i < cells.size(); ++i) table.rows[i].push_back(cells[i]);
}

void add_varying_columns(Table& table, const std::vector<Json>& records) {
  for (const std::string& name : parameters_of(records)) {
    const auto cells = cells_of(records, [&](const Json& record) {
      return cell_of(name, record.at("workload").at("params").value(name, Json()));
    });
    std::string header = name;
    if (header.ends_with(kBytes)) header.resize(header.size() - kBytes.size());
    if (varies(cells)) add_column(table, header, cells);
  }
  const auto engines = cells_of(records, [](const Json& record) {
    return record.at("engine").at("name").get<std::string>();
  });
  if (varies(engines)) add_column(table, "engine", engines);
}

std::string value_cell(const Json& record) {
  const Json& metric = metric_of(record);
  return bench::format_supported(metric.at("value").get<double>(), half_width(metric));
}

std::string unit_of(const Json& record) { return metric_of(record).at("unit").get<std::string>(); }

Table table_of(const std::vector<Json>& records) {
  Table table;
  table.rows.resize(records.size());
  if (records.empty()) return table;
  add_varying_columns(table, records);
  add_column(table, unit_of(records[0]), cells_of(records, value_cell));
  add_column(table, "±", cells_of(records, noise_cell));
  add_share(table, "of peak", records, "measured");
  add_share(table, "of datasheet", records, "datasheet");
  if (records[0].contains("counters"))
    for (const auto& [name, value] : records[0].at("counters").items())
      add_column(table, name, cells_of(records, [&, key = name](const Json& record) {
                   return bench::format_supported(record.at("counters").at(key).get<double>(),
                                                  std::nullopt);
                 }));
  add_column(table, "n", cells_of(records, [](const Json& record) {
               return to_text(record.at("samples").at("n"));
             }));
  add_column(table, "stopped", cells_of(records, [](const Json& record) {
               return record.at("method").at("stop").at("reason").get<std::string>();
             }));
  return table;
}

}  // namespace aiops::commands
