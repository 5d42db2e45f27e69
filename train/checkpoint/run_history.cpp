// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/run_history.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace aiops::train {
namespace {

using Json = nlohmann::json;

void add(Series& series, const Json& line, const char* key, double step) {
  const auto value = line.find(key);
  if (value == line.end() || !value->is_number()) return;
  series.steps.push_back(step);
  series.values.push_back(value->get<double>());
}

std::string text_of(const Json& line, const char* key) {
  const auto value = line.find(key);
  return value != line.end() && value->is_string() ? value->get<std::string>() : std::string();
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

RunHistory RunHistory::parse(std::string_view metrics) {
  RunHistory history;
  for (std::size_t at = 0, end; (end = metrics.find('\n', at)) != std::string_view::npos;
       at = end + 1) {
    const Json line = Json::parse(metrics.substr(at, end - at), nullptr, false);
    if (!line.is_object() || !line.contains("step") || !line["step"].is_number()) continue;
    const double step = line["step"];
    add(history.loss, line, "loss", step);
    add(history.validation_loss, line, "validation_loss", step);
    add(history.accuracy, line, "accuracy", step);
    add(history.f1, line, "f1", step);
    add(history.learning_rate, line, "lr", step);
    add(history.gradient_norm, line, "grad_norm", step);
    add(history.tokens_per_second, line, "tokens_per_second", step);
    if (const auto tokens = line.find("tokens");
        tokens != line.end() && tokens->is_number_unsigned())
      history.tokens = tokens->get<std::uint64_t>();
    if (const auto wall = line.find("wall_seconds"); wall != line.end() && wall->is_number())
      history.wall_seconds = wall->get<double>();
    if (line.contains("sample"))
      history.samples.push_back({step, text_of(line, "prompt"), text_of(line, "sample")});
  }
  return history;
}

Series thinned(const Series& series, std::size_t most) {
  const std::size_t count = series.steps.size();
  if (count <= most) return series;
  Series out;
  for (std::size_t i = 0; i < most; ++i) {
    const std::size_t begin = i * count / most;
    const std::size_t size = (i + 1) * count / most - begin;
    out.steps.push_back(mean(std::span(series.steps).subspan(begin, size)));
    out.values.push_back(mean(std::span(series.values).subspan(begin, size)));
  }
  return out;
}

std::vector<std::string> draw(const Series& series, std::size_t width, std::size_t height,
                              std::string_view across) {
  if (series.empty() || width == 0 || height < 2) return {};
  const Series points = thinned(series, width);
  const auto [least, most] = std::ranges::minmax(points.values);
  const double range = most > least ? most - least : 1;
  std::vector<std::string> rows(height, std::string(points.values.size(), ' '));
  for (std::size_t x = 0; x < points.values.size(); ++x) {
    const double up = (points.values[x] - least) / range * static_cast<double>(height - 1);
    rows[height - 1 - static_cast<std::size_t>(std::lround(up))][x] = '*';
  }
  for (std::size_t y = 0; y < height; ++y) {
    const double value = most - range * static_cast<double>(y) / static_cast<double>(height - 1);
    rows[y] = fmt::format("{:>9.4g} |", value) + rows[y];
    rows[y].erase(rows[y].find_last_not_of(' ') + 1);
  }
  rows.push_back(fmt::format("{:>10}+{}", "", std::string(points.values.size(), '-')));
  rows.push_back(fmt::format("{:>10} {} {:.0f} to {:.0f}", "", across, series.steps.front(),
                             series.steps.back()));
  return rows;
}

}  // namespace aiops::train
