// SPDX-License-Identifier: Apache-2.0
#include "bench/report.hpp"

#include "bench/history.hpp"
#include "bench/record_text.hpp"
#include "bench/roofline.hpp"
#include "bench/verdict.hpp"
#include "train/metrics/html_page.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiops::bench {
namespace {

using train::Series;

// Microseconds of one call, in order of time.
std::vector<double> times_of(const Json& record) {
  const double calls = record.at("method").at("calls_per_sample").get<double>();
  std::vector<double> times;
  for (const Json& value : record.at("samples").at("values"))
    times.push_back(value.get<double>() / calls * 1e-3);
  return times;
}

Series in_time(const Json& record) {
  Series series{{}, times_of(record)};
  for (std::size_t i = 0; i < series.values.size(); ++i)
    series.steps.push_back(static_cast<double>(i + 1));
  return series;
}

// How many percent of the samples took at most so long, but for the slowest twentieth: a long tail
// would leave the rest on one line. In order of time they are all drawn.
Series distribution(const Json& record) {
  Series series{times_of(record), {}};
  std::sort(series.steps.begin(), series.steps.end());
  const auto all = static_cast<double>(series.steps.size());
  for (std::size_t i = 0; i < series.steps.size(); ++i)
    series.values.push_back(100 * static_cast<double>(i + 1) / all);
  const double most = quantile(series.steps, 0.95);
  while (series.steps.back() > most) series.steps.pop_back(), series.values.pop_back();
  return series;
}

// How many samples took how long, of the same.
Series histogram(const Json& record, std::size_t bins) {
  std::vector<double> times = times_of(record);
  std::sort(times.begin(), times.end());
  const double low = times.front(), high = quantile(times, 0.95);
  const double width = high > low ? (high - low) / static_cast<double>(bins) : 1;
  Series series;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    series.steps.push_back(low + width * static_cast<double>(bin));
    series.values.push_back(0);
  }
  for (const double time : times)
    if (const auto bin = static_cast<std::size_t>((time - low) / width); bin <= bins)
      ++series.values[std::min(bin, bins - 1)];
  return series;
}

std::string conditions_of(const Json& record) {
  const Json& host = record.at("host");
  return fmt::format("{} samples, {}; {}; load {}; aiops {}", to_text(record.at("samples").at("n")),
                     text_of(record.at("method").at("stop").at("reason")), machine_text(record),
                     to_text(host.at("load1")), text_of(record.at("tool").at("version")));
}

std::string verdict_of(const Json& gate) {
  const double effect = gate.at("effect_pct").get<double>();
  std::string text = fmt::format("{}: {:.2g} % {} than A", text_of(gate.at("verdict")),
                                 std::abs(effect), effect < 0 ? "faster" : "slower");
  if (!gate.at("ci95_pct").is_null())
    text += fmt::format(" (95 %: {:+.2g} to {:+.2g} %)", gate.at("ci95_pct").at(0).get<double>(),
                        gate.at("ci95_pct").at(1).get<double>());
  if (!gate.at("reason").is_null()) text += "; " + text_of(gate.at("reason"));
  return text;
}

const Json* baseline_of(const Json& record, const std::vector<StoredRecord>& all) {
  if (record.at("gate").is_null()) return nullptr;
  for (const StoredRecord& other : all)
    if (record_digest(other.json) == record.at("gate").at("baseline_digest")) return &other.json;
  return nullptr;
}

std::string paragraph(const std::string& text) {
  return "<p>" + train::html_escaped(text) + "</p>\n";
}

std::string section(const StoredRecord& stored, const std::vector<StoredRecord>& all) {
  const Json& record = stored.json;
  std::string html = "<h2>" + train::html_escaped(name_of(record)) + "</h2>\n" +
                     paragraph(figure_text(record)) + paragraph(conditions_of(record));
  if (!stored.standing.empty()) html += paragraph(stored.where + ": " + stored.standing);
  if (const Json* baseline = baseline_of(record, all)) {
    html += paragraph(verdict_of(record.at("gate")));
    html += train::html_chart(
        "Share of the samples, in percent, by µs, without the slowest twentieth: <span "
        "class=\"a\">A</span> and <span "
        "class=\"b\">B</span>",
        train::Floor::zero, train::Noise::none, distribution(*baseline), distribution(record));
  } else {
    html +=
        train::html_chart("Share of the samples, in percent, by µs, without the slowest twentieth",
                          train::Floor::zero, train::Noise::none, distribution(record));
  }
  return html + train::html_chart("µs, in order of time", train::Floor::zero, train::Noise::some,
                                  in_time(record));
}

}  // namespace

std::string html_of(const std::vector<StoredRecord>& records) {
  std::string page = train::html_head("aiops bench report", "Benchmarks") + history_of(records) +
                     roofline_of(records);
  for (const StoredRecord& record : records) page += section(record, records);
  return page += train::kHtmlEnd;
}

std::string drawing_of(const std::vector<StoredRecord>& records, std::size_t width) {
  std::string text;
  for (const StoredRecord& record : records) {
    text +=
        (text.empty() ? "" : "\n") + name_of(record.json) + "\n" + figure_text(record.json) + "\n";
    if (!record.standing.empty()) text += record.where + ": " + record.standing + "\n";
    if (!record.json.at("gate").is_null()) text += verdict_of(record.json.at("gate")) + "\n";
    text += "samples by time, without the slowest twentieth\n";
    for (const auto& line : train::draw(histogram(record.json, width), width, 8, "µs"))
      text += line + "\n";
  }
  return text;
}

}  // namespace aiops::bench
