// SPDX-License-Identifier: Apache-2.0
#include "bench/record_rows.hpp"

#include "base/encoding.hpp"
#include "bench/digits.hpp"
#include "bench/record_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::bench {
namespace {

using Row = std::vector<std::string>;

std::string end_of(const Json& metric, std::size_t which) {
  return metric.at("ci95").is_null() ? "" : to_text(metric.at("ci95").at(which));
}

std::string stop_of(const Json& record) {
  return text_of(record.at("method").at("stop").at("reason"));
}

// A bar would end the cell, and so would a line; what looks like markup is none.
std::string markdown_cell(const std::string& text) {
  std::string cell;
  for (const char c : printable(text)) {
    if (std::string_view("|<>&`*_[]\\").find(c) != std::string_view::npos) cell += '\\';
    cell += c;
  }
  return cell;
}

std::string markdown_row(const Row& row) {
  std::string line = "|";
  for (const std::string& cell : row) line += " " + cell + " |";
  return line + "\n";
}

// Quoted only where it must be. A cell that a spreadsheet would take for a formula gets the
// apostrophe that says it is none; numbers of ours never start so.
std::string csv_cell(const std::string& text) {
  std::string plain = printable(text);
  if (!plain.empty() && std::string_view("=+-@").find(plain[0]) != std::string_view::npos)
    plain.insert(0, 1, '\'');
  if (plain.find_first_of(",\"") == std::string::npos) return plain;
  std::string quoted = "\"";
  for (const char c : plain) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string csv_row(const Row& row) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) line += (i == 0 ? "" : ",") + csv_cell(row[i]);
  return line + "\n";
}

}  // namespace

std::string markdown_of(const std::vector<StoredRecord>& records) {
  std::string text = markdown_row({"workload", "engine", "figure", "95 % interval", "of ceiling",
                                   "n", "stopped", "host", "standing"}) +
                     "|---|---|--:|--:|--:|--:|---|---|---|\n";
  for (const StoredRecord& stored : records) {
    const Json& record = stored.json;
    const Json& metric = record.at("metrics").at(0);
    const auto noise = noise_of(record);
    const auto share = share_of_ceiling(record);
    const auto supported = [&](const Json& value) {
      return format_supported(value.get<double>(), noise);
    };
    Row row = {
        workload_text(record),
        text_of(record.at("engine").at("name")),
        supported(metric.at("value")) + " " + text_of(metric.at("unit")),
        noise ? supported(metric.at("ci95").at(0)) + " to " + supported(metric.at("ci95").at(1))
              : "",
        share ? fmt::format("{:.0f} %", 100 * *share) : "",
        to_text(record.at("samples").at("n")),
        stop_of(record),
        machine_text(record),
        stored.standing};
    for (std::string& cell : row) cell = markdown_cell(cell);
    text += markdown_row(row);
  }
  return text;
}

std::string csv_of(const std::vector<StoredRecord>& records) {
  std::string text =
      csv_row({"workload", "engine", "metric", "value", "unit", "ci95_low", "ci95_high",
               "share_of_ceiling", "n", "stopped", "host", "started_at", "id", "standing"});
  for (const StoredRecord& stored : records) {
    const Json& record = stored.json;
    const Json& metric = record.at("metrics").at(0);
    const auto share = share_of_ceiling(record);
    text += csv_row({workload_text(record), text_of(record.at("engine").at("name")),
                     text_of(metric.at("name")), to_text(metric.at("value")),
                     text_of(metric.at("unit")), end_of(metric, 0), end_of(metric, 1),
                     share ? to_text(Json(*share)) : "", to_text(record.at("samples").at("n")),
                     stop_of(record), machine_text(record), text_of(record.at("started_at")),
                     text_of(record.at("id")), stored.standing});
  }
  return text;
}

}  // namespace aiops::bench
