// SPDX-License-Identifier: Apache-2.0
#include "bench/roofline.hpp"

#include "bench/record_text.hpp"
#include "train/metrics/html_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace aiops::bench {
namespace {

struct Point {
  double intensity, rate;  // operations per byte; 10^9 operations a second
};

// What records of one machine and one number of threads have measured.
struct Machine {
  std::string name;
  std::vector<Point> points;
  double operations = 0;  // 10^9 a second, the flat roof; 0: not measured
  double bytes = 0;       // 10^9 a second, the sloping roof; 0: not measured
  double memory = 0;      // 10^9 bytes a second of loops over arrays of memory_size bytes
  double memory_size = 0;
};

double number_at(const Json& object, const char* name) {
  const Json value = object.value(name, Json());
  return value.is_number() ? value.get<double>() : 0;
}

void add_point(const Json& record, Machine& machine) {
  const Json& workload = record.at("workload");
  const double flops = number_at(workload, "flops"), bytes = number_at(workload, "bytes_min");
  const double call_ns = record.at("stats").at("median").get<double>() /
                         record.at("method").at("calls_per_sample").get<double>();
  if (flops > 0 && bytes > 0 && call_ns > 0)
    machine.points.push_back({flops / bytes, flops / call_ns});
}

// Of loops over arrays, those over the largest say what memory can do, and of those the fastest.
void add_memory(double size, double rate, Machine& machine) {
  if (rate <= 0 || size < machine.memory_size) return;
  if (size > machine.memory_size) machine.memory = 0;
  machine.memory_size = size;
  machine.memory = std::max(machine.memory, rate);
}

void add_roofs(const Json& record, Machine& machine) {
  const Json &metric = record.at("metrics").at(0), &workload = record.at("workload");
  // Copies to a GPU and back are of neither memory.
  if (workload.at("kind") == "memory" && record.at("gpu").empty() && metric.at("unit") == "GB/s")
    add_memory(number_at(workload.at("params"), "size_bytes"), metric.at("value").get<double>(),
               machine);
  const Json& peak = record.at("peak");
  if (peak.is_null()) return;
  // A ceiling in tokens a second is made of two, which its detail has: reads of as many bytes as
  // the model has, and operations (bench/generate.cpp).
  if (const Json& detail = peak.at("detail"); detail.is_object()) {
    add_memory(number_at(workload, "weight_bytes"), number_at(detail, "read_gb_s"), machine);
    machine.operations = std::max(machine.operations, number_at(detail, "gflop_s"));
  }
  double* roof = peak.at("unit") == "GFLOP/s" ? &machine.operations
                 : peak.at("unit") == "GB/s"  ? &machine.bytes
                                              : nullptr;
  if (roof != nullptr) *roof = std::max(*roof, number_at(peak, "measured"));
}

std::vector<Machine> machines_of(const std::vector<StoredRecord>& records) {
  std::map<std::string, Machine> machines;
  for (const StoredRecord& stored : records) {
    const Json& record = stored.json;
    const std::string threads =
        text_of(record.at("workload").at("params").value("threads", Json(1)));
    // What a CPU can do says nothing of a GPU beside it.
    const bool on_gpu = !record.at("gpu").empty();
    Machine& machine = machines[text_of(record.at("host").at("fp_sha256")) + " " +
                                (on_gpu ? to_text(record.at("gpu")) : threads)];
    machine.name = machine_text(record) + (on_gpu ? "" : ", threads " + threads);
    add_point(record, machine);
    add_roofs(record, machine);
  }
  std::vector<Machine> sorted;
  for (auto& [unused, machine] : machines) {
    if (machine.memory > 0) machine.bytes = machine.memory;
    if (!machine.points.empty()) sorted.push_back(std::move(machine));
  }
  return sorted;
}

// Whole powers of ten around everything that is drawn.
struct Decades {
  double left = 0, right = 1, low = 0, high = 1;  // of ten
  double x(double intensity) const {
    return (std::log10(intensity) - left) / (right - left) * train::kChartSize;
  }
  double y(double rate) const {
    return train::kChartSize - (std::log10(rate) - low) / (high - low) * train::kChartSize;
  }
};

Decades decades_of(const Machine& machine) {
  std::vector<double> intensities, rates;
  for (const Point& point : machine.points) {
    intensities.push_back(point.intensity);
    rates.push_back(point.rate);
  }
  if (machine.operations > 0) rates.push_back(machine.operations);
  const double ridge = machine.operations / machine.bytes;  // where the roofs meet
  if (ridge > 0 && std::isfinite(ridge)) intensities.push_back(ridge);
  const auto [left, right] = std::minmax_element(intensities.begin(), intensities.end());
  const auto [low, high] = std::minmax_element(rates.begin(), rates.end());
  Decades decades{std::floor(std::log10(*left)), std::ceil(std::log10(*right)),
                  std::floor(std::log10(*low)), std::ceil(std::log10(*high))};
  decades.right = std::max(decades.right, decades.left + 1);
  decades.high = std::max(decades.high, decades.low + 1);
  return decades;
}

// The slope up to the flat roof, or to the edge.
std::string roofs_of(const Machine& machine, const Decades& decades) {
  const double first = std::pow(10, decades.left), last = std::pow(10, decades.right);
  std::string d;
  double flat_from = first;
  if (machine.bytes > 0) {
    // A line that starts below the frame starts where it enters it.
    const double from = std::max(first, std::pow(10, decades.low) / machine.bytes);
    double to = std::min(last, std::pow(10, decades.high) / machine.bytes);
    if (machine.operations > 0) to = std::min(to, machine.operations / machine.bytes);
    if (from < to)
      d += fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}", decades.x(from),
                       decades.y(machine.bytes * from), decades.x(to),
                       decades.y(machine.bytes * to));
    flat_from = std::clamp(to, first, last);
  }
  if (machine.operations > 0)
    d += fmt::format("M{:.1f} {:.1f}H{:.1f}", decades.x(flat_from), decades.y(machine.operations),
                     decades.x(last));
  return d.empty() ? d : train::html_path("b", d);
}

std::string grid_of(const Decades& decades, std::string& labels) {
  std::string d;
  for (double ten = decades.left; ten <= decades.right; ++ten) {
    const double x = decades.x(std::pow(10, ten));
    d += fmt::format("M{:.1f} 0V{}", x, train::kChartSize);
    labels += train::html_label_below(100 * x / train::kChartSize, std::pow(10, ten));
  }
  for (double ten = decades.low; ten <= decades.high; ++ten) {
    const double y = decades.y(std::pow(10, ten));
    d += fmt::format("M0 {:.1f}H{}", y, train::kChartSize);
    labels += train::html_label_left(100 * y / train::kChartSize, std::pow(10, ten));
  }
  return train::html_path("grid", d);
}

std::string words_of(const Machine& machine) {
  std::string text = "10^9 operations a second by operations for each byte, " + machine.name;
  if (machine.operations > 0)
    text += fmt::format("; measured ceiling {:.4g} GFLOP/s", machine.operations);
  if (machine.bytes > 0) text += fmt::format("; measured {:.4g} GB/s", machine.bytes);
  return text;
}

std::string chart_of(const Machine& machine) {
  const Decades decades = decades_of(machine);
  std::string dots, labels;
  for (const Point& point : machine.points)
    dots += fmt::format("M{:.1f} {:.1f}h0", decades.x(point.intensity), decades.y(point.rate));
  const std::string grid = grid_of(decades, labels);
  return train::html_figure(train::html_escaped(words_of(machine)),
                            grid + roofs_of(machine, decades) + train::html_path("a dots", dots),
                            labels);
}

}  // namespace

std::string roofline_of(const std::vector<StoredRecord>& records) {
  std::string html;
  for (const Machine& machine : machines_of(records)) html += chart_of(machine);
  return html;
}

}  // namespace aiops::bench
