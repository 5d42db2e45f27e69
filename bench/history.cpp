// SPDX-License-Identifier: Apache-2.0
#include "bench/history.hpp"

#include "bench/record_text.hpp"
#include "train/metrics/html_page.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>

namespace aiops::bench {
namespace {

using Runs = std::vector<const Json*>;

// Seconds since 1970 of "2026-01-31T12:00:00Z".
std::optional<double> seconds_of(const Json& record) {
  using namespace std::chrono;
  int y = 0, h = 0, min = 0, s = 0;
  unsigned m = 0, d = 0;
  const std::string text = text_of(record.at("started_at"));
  if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2dZ", &y, &m, &d, &h, &min, &s) != 6)
    return std::nullopt;
  const year_month_day day{year{y}, month{m}, std::chrono::day{d}};
  if (!day.ok()) return std::nullopt;
  return static_cast<double>(
      seconds(sys_days(day).time_since_epoch() + hours(h) + minutes(min) + seconds(s)).count());
}

// When each run was, in a unit that leaves the last one at two or more.
struct Times {
  std::vector<double> at;
  std::string words;  // "hours after the first"
};

Times one_by_one(std::size_t count) {
  Times times{{}, "one by one"};
  for (std::size_t i = 1; i <= count; ++i) times.at.push_back(static_cast<double>(i));
  return times;
}

// In order. Runs that share a second, or of which one says no time, one by one.
Times times_of(const Runs& runs) {
  std::vector<double> seconds;
  for (const Json* run : runs) {
    const auto when = seconds_of(*run);
    if (!when || (!seconds.empty() && *when <= seconds.back())) return one_by_one(runs.size());
    seconds.push_back(*when);
  }
  struct Unit {
    double seconds;
    const char* name;
  };
  Unit unit{1, "seconds"};
  for (const Unit& larger : {Unit{60, "minutes"}, Unit{3600, "hours"}, Unit{86400, "days"}})
    if (seconds.back() - seconds.front() >= 2 * larger.seconds) unit = larger;
  Times times{{}, std::string("in ") + unit.name + " after the first"};
  for (const double when : seconds) times.at.push_back((when - seconds.front()) / unit.seconds);
  return times;
}

std::string chart_of(Runs runs) {
  std::stable_sort(runs.begin(), runs.end(), [](const Json* a, const Json* b) {
    return text_of(a->at("started_at")) < text_of(b->at("started_at"));
  });
  const Times times = times_of(runs);
  std::vector<train::Bar> bars;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Json& metric = runs[i]->at("metrics").at(0);
    const double value = metric.at("value").get<double>();
    train::Bar bar{times.at[i], value, value, value};
    if (!metric.at("ci95").is_null()) {
      bar.low = metric.at("ci95").at(0).get<double>();
      bar.high = metric.at("ci95").at(1).get<double>();
    }
    bars.push_back(bar);
  }
  const std::string unit = text_of(runs[0]->at("metrics").at(0).at("unit"));
  return train::html_bars(train::html_escaped(name_of(*runs[0]) + ", run by run, " + unit + ", " +
                                              times.words + ", with 95 % intervals"),
                          train::Floor::zero, bars);
}

}  // namespace

std::string history_of(const std::vector<StoredRecord>& records) {
  std::map<std::string, Runs> cases;
  std::vector<std::string> order;
  for (const StoredRecord& record : records) {
    const std::string name = text_of(record.json.at("comparable_sha256"));
    Runs& runs = cases[name];
    if (runs.empty()) order.push_back(name);
    runs.push_back(&record.json);
  }
  std::string html;
  for (const std::string& name : order)
    if (cases[name].size() > 1) html += chart_of(cases[name]);
  return html;
}

}  // namespace aiops::bench
