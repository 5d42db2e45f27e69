// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"
#include "cli/text.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>

namespace aiops {
namespace {

std::string with_newline(std::string_view text) {
  std::string result(text);
  if (result.empty() || result.back() != '\n') result += '\n';
  return result;
}

class StandardReport final : public Report {
 public:
  explicit StandardReport(const ReportOptions& options) : options_(options) {}

  void answer(std::string_view id, const OrderedJson& value, std::string_view text) override {
    if (is_json()) return print_json(value);
    if (options_.volume == Volume::quiet) return id.empty() ? void() : print(with_newline(id));
    if (!text.empty()) print(with_newline(text));
  }

  void table(const OrderedJson& value, const Table& table) override {
    if (is_json()) return print_json(value);
    if (options_.volume == Volume::quiet) {
      std::string ids;
      for (const auto& row : table.rows)
        if (!row.empty()) ids += row.front() + '\n';
      return print(ids);
    }
    print(options_.terminal ? format_table(table, options_.style, options_.width)
                            : format_tsv(table));
  }

  void line(const OrderedJson& value, std::string_view text) override {
    print(is_json() ? to_text(value) + '\n' : std::string(text) + '\n');
  }

  void raw(std::string_view bytes) override { print(bytes); }
  bool is_json() const override { return options_.format == Format::json; }

 private:
  // Indented for a person, one line for a program.
  void print_json(const OrderedJson& value) const {
    if (!options_.terminal) return print(to_text(value) + '\n');
    print(value.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + '\n');
  }
  static void print(std::string_view bytes) { write_out(STDOUT_FILENO, bytes); }

  ReportOptions options_;
};

std::vector<std::size_t> column_widths(const Table& table) {
  std::vector<std::size_t> widths;
  const auto widen = [&](const std::vector<std::string>& row) {
    if (widths.size() < row.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  };
  widen(table.headers);
  for (const auto& row : table.rows) widen(row);
  return widths;
}

std::string format_row(const std::vector<std::string>& row,
                       const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto cell = printable(row[i]);
    line += i + 1 == row.size() ? cell : pad(cell, widths[i]) + "  ";
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace

std::unique_ptr<Report> make_report(const ReportOptions& options) {
  return std::make_unique<StandardReport>(options);
}

std::string format_table(const Table& table, const Style& style, std::size_t width) {
  if (table.rows.empty()) return {};
  const auto widths = column_widths(table);
  std::string text = style.bold(clip(format_row(table.headers, widths), width)) + '\n';
  for (const auto& row : table.rows) text += clip(format_row(row, widths), width) + '\n';
  return text;
}

std::string format_tsv(const Table& table) {
  std::string text;
  for (const auto& row : table.rows) {
    std::vector<std::string> cells;
    for (const auto& cell : row) cells.push_back(printable(cell));
    text += join(cells, "\t") + '\n';
  }
  return text;
}

}  // namespace aiops
