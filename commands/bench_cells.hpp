// SPDX-License-Identifier: Apache-2.0
// Records as cells of a table.
#pragma once

#include "base/json.hpp"
#include "cli/context.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace aiops::commands {

// A column for each parameter, and one for the engine, that is not the same in all records.
void add_varying_columns(Table& table, const std::vector<Json>& records);

// The first figure of a record, with the digits that its noise supports.
std::string value_cell(const Json& record);
std::string unit_of(const Json& record);

void add_column(Table& table, const std::string& header, const std::vector<std::string>& cells);

template <typename Items, typename MakeCell>
std::vector<std::string> cells_of(const Items& items, MakeCell make_cell) {
  std::vector<std::string> cells;
  for (const auto& item : items) cells.push_back(make_cell(item));
  return cells;
}

}  // namespace aiops::commands
