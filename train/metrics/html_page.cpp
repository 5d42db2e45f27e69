// SPDX-License-Identifier: Apache-2.0
// A chart is an SVG that is stretched to the width of the page, and so has curves and grid only;
// what is to be read lies around it as text, which keeps its size on a telephone.
#include "train/metrics/html_page.hpp"

#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

constexpr std::size_t kMostPoints = 600;
constexpr std::size_t kMeans = 60;  // points of the curve through a noisy one
constexpr double kSize = kChartSize;

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #222; --dim: #667; --faint: #e2e2e8; --a: #1f6feb; --b: #d1661a; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --dim: #99a; --faint: #2c2c33; --a: #6cb0ff; --b: #f0a35e; --paper: #111; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 760px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.4em; } h2 { font-size: 1.05em; margin: 1.8em 0 .4em; } h3 { font-size: 1em; margin: 1.2em 0 .3em; }
figure { position: relative; height: 220px; margin: .7em .6em 2.6em 3.6em; }
svg { width: 100%; height: 100%; display: block; overflow: visible; }
path { fill: none; stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
.grid { stroke: var(--faint); stroke-width: 1; } .raw { stroke-width: 1; opacity: .35; }
.dots { stroke-width: 5; stroke-linecap: round; } .bars { stroke-width: 1.5; }
.a { stroke: var(--a); } .b { stroke: var(--b); } span.a { color: var(--a); } span.b { color: var(--b); }
i { position: absolute; font: 11px/1 system-ui, sans-serif; color: var(--dim); white-space: nowrap; }
.y { right: calc(100% + 6px); transform: translateY(-50%); } .x { top: calc(100% + 6px); transform: translateX(-50%); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--faint); margin: .5em 0; padding-left: .8em; }
)";

// The least of 1, 2, 2.5, 5 and their tenfolds that parts the range into at most `most` pieces.
double round_step(double range, int most) {
  const double least = range / most;
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 2.5, 5.0})
    if (digit * power >= least * (1 - 1e-9)) return digit * power;
  return 10 * power;
}

std::string label(double value) {
  if (std::abs(value) >= 10000 && std::abs(value) < 1e15)
    return (value < 0 ? "-" : "") + format_count(static_cast<std::uint64_t>(std::abs(value)));
  return fmt::format("{:.4g}", value);
}

// The steps and values at the edges.
struct Frame {
  double left, right, low, high;
  double between;  // two lines of the grid
  double x(double step) const { return (step - left) / (right - left) * kSize; }
  double y(double value) const { return kSize - (value - low) / (high - low) * kSize; }
};

Frame frame_of(const Series& a, const Series& b, Floor floor) {
  Frame frame{a.steps.front(), a.steps.back(), a.values.front(), a.values.front(), 1};
  for (const Series* series : {&a, &b})
    for (std::size_t i = 0; i < series->steps.size(); ++i) {
      frame.left = std::min(frame.left, series->steps[i]);
      frame.right = std::max(frame.right, series->steps[i]);
      frame.low = std::min(frame.low, series->values[i]);
      frame.high = std::max(frame.high, series->values[i]);
    }
  if (floor == Floor::zero) frame.low = std::min(frame.low, 0.0);
  if (frame.right <= frame.left) frame.right = frame.left + 1;
  if (frame.high <= frame.low)
    frame.high = frame.low + (frame.low == 0 ? 1 : 0.1 * std::abs(frame.low));
  frame.between = round_step(frame.high - frame.low, 5);
  frame.low = std::floor(frame.low / frame.between + 1e-9) * frame.between;
  frame.high = std::ceil(frame.high / frame.between - 1e-9) * frame.between;
  return frame;
}

std::string path_of(const Series& series, const Frame& frame, std::string_view kind) {
  std::string d;
  for (std::size_t i = 0; i < series.steps.size(); ++i)
    d += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", frame.x(series.steps[i]),
                     frame.y(series.values[i]));
  return html_path(kind, d);
}

// One for each point, so that few of them are seen where they are.
std::string dots_of(const Series& series, const Frame& frame, std::string_view kind) {
  std::string d;
  for (std::size_t i = 0; i < series.steps.size(); ++i)
    d += fmt::format("M{:.1f} {:.1f}h0", frame.x(series.steps[i]), frame.y(series.values[i]));
  return html_path(std::string(kind) + " dots", d);
}

// A noisy series in the background of its means; few points as they are.
std::string curve_of(const Series& series, const Frame& frame, std::string_view kind, Noise noise) {
  const std::string colour(kind);
  if (noise == Noise::some && series.steps.size() > 2 * kMeans)
    return path_of(thinned(series, kMostPoints), frame, colour + " raw") +
           path_of(thinned(series, kMeans), frame, colour);
  const std::string line = path_of(thinned(series, kMostPoints), frame, colour);
  return series.steps.size() > kMeans / 2 ? line : line + dots_of(series, frame, colour);
}

struct Grid {
  std::string lines, labels;
};

// How often `between` fits; 0 where numbers are too large to be told apart.
int pieces(double range, double between) {
  const double count = range / between;
  return count >= 0 && count < 20 ? static_cast<int>(count + 1e-6) : 0;
}

Grid grid_of(const Frame& frame) {
  Grid grid;
  for (int i = 0; i <= pieces(frame.high - frame.low, frame.between); ++i) {
    const double value = frame.low + i * frame.between;
    const double y = frame.y(value);
    grid.lines += fmt::format("M0 {:.1f}H{}", y, kSize);
    grid.labels += html_label_left(y / 10, std::abs(value) < frame.between / 2 ? 0 : value);
  }
  const double range = frame.right - frame.left;
  const double between = range < 1 ? round_step(range, 5) : std::max(1.0, round_step(range, 5));
  const double first = std::ceil(frame.left / between) * between;
  for (int i = 0; first <= frame.right && i <= pieces(frame.right - first, between); ++i) {
    const double step = first + i * between;
    grid.labels += html_label_below(frame.x(step) / 10, step);
  }
  return grid;
}

std::string grid_path(const Grid& grid) { return html_path("grid", grid.lines); }

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_head(std::string_view title, std::string_view heading) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>{}</title>\n<style>{}</style></head><body>\n<h1>{}</h1>\n",
      html_escaped(title), kStyle, html_escaped(heading));
}

std::string html_chart(std::string_view heading, Floor floor, Noise noise, const Series& a,
                       const Series& b) {
  if (a.empty()) return {};
  const Frame frame = frame_of(a, b, floor);
  const Grid grid = grid_of(frame);
  return html_figure(heading,
                     grid_path(grid) + curve_of(a, frame, "a", noise) +
                         (b.empty() ? std::string() : curve_of(b, frame, "b", Noise::none)),
                     grid.labels);
}

std::string html_bars(std::string_view heading, Floor floor, const std::vector<Bar>& bars) {
  if (bars.empty()) return {};
  Series values, ends;
  for (const Bar& bar : bars) {
    values.steps.push_back(bar.step);
    values.values.push_back(bar.value);
    ends.steps.insert(ends.steps.end(), {bar.step, bar.step});
    ends.values.insert(ends.values.end(), {bar.low, bar.high});
  }
  const Frame frame = frame_of(values, ends, floor);
  const Grid grid = grid_of(frame);
  std::string d;
  for (const Bar& bar : bars)
    if (bar.low < bar.high)
      d += fmt::format("M{:.1f} {:.1f}V{:.1f}", frame.x(bar.step), frame.y(bar.low),
                       frame.y(bar.high));
  return html_figure(heading,
                     grid_path(grid) + (d.empty() ? d : html_path("a bars", d)) +
                         path_of(values, frame, "a raw") + dots_of(values, frame, "a"),
                     grid.labels);
}

std::string html_figure(std::string_view heading, std::string_view paths, std::string_view labels) {
  return fmt::format(
      "<h2>{}</h2>\n<figure><svg viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" "
      "role=\"img\">\n{}</svg>\n{}</figure>\n",
      heading, kSize, kSize, paths, labels);
}

std::string html_path(std::string_view kind, std::string_view d) {
  return fmt::format("<path class=\"{}\" d=\"{}\"/>\n", kind, d);
}

std::string html_label_below(double percent, double value) {
  return fmt::format("<i class=\"x\" style=\"left:{:.1f}%\">{}</i>", percent, label(value));
}

std::string html_label_left(double percent, double value) {
  return fmt::format("<i class=\"y\" style=\"top:{:.1f}%\">{}</i>", percent, label(value));
}

}  // namespace aiops::train
