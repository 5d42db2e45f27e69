// SPDX-License-Identifier: Apache-2.0
#include "bench/record_text.hpp"

#include "bench/digits.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::bench {

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : to_text(value);
}

std::string workload_text(const Json& record) {
  std::string params;
  for (const auto& [name, value] : record.at("workload").at("params").items())
    if (!value.is_null()) params += (params.empty() ? "" : ", ") + name + " " + text_of(value);
  return text_of(record.at("workload").at("kind")) + ": " + params;
}

std::string name_of(const Json& record) {
  return workload_text(record) + "; " + text_of(record.at("engine").at("name"));
}

std::optional<double> noise_of(const Json& record) {
  const Json& metric = record.at("metrics").at(0);
  if (metric.at("ci95").is_null()) return std::nullopt;
  const double value = metric.at("value").get<double>();
  return std::max(value - metric.at("ci95").at(0).get<double>(),
                  metric.at("ci95").at(1).get<double>() - value);
}

std::optional<double> share_of(const Json& record, const char* ceiling) {
  const Json& peak = record.at("peak");
  if (peak.is_null() || !peak.at("frac_of").contains(ceiling)) return std::nullopt;
  return peak.at("frac_of").at(ceiling).get<double>();
}

std::optional<double> share_of_ceiling(const Json& record) { return share_of(record, "measured"); }

std::string figure_text(const Json& record) {
  const Json& metric = record.at("metrics").at(0);
  const double value = metric.at("value").get<double>();
  const auto noise = noise_of(record);
  std::string text = format_supported(value, noise) + " " + text_of(metric.at("unit"));
  if (noise) text += " ± " + format_supported(100 * *noise / value, std::nullopt) + " %";
  if (const auto share = share_of_ceiling(record))
    text += fmt::format(", {:.0f} % of what the machine could do", 100 * *share);
  if (const auto share = share_of(record, "datasheet"))
    text += fmt::format(", {:.0f} % of its datasheet", 100 * *share);
  return text;
}

std::string machine_text(const Json& record) {
  const Json& gpu = record.at("gpu");
  if (!gpu.empty() && gpu.at(0).contains("name")) return text_of(gpu.at(0).at("name"));
  const Json& cpu = record.at("host").at("cpu");
  return cpu.is_null() ? "a CPU that is not known" : text_of(cpu.at("model"));
}

}  // namespace aiops::bench
