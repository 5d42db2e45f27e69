// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/run_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

constexpr std::size_t kMostPoints = 600;
constexpr double kWidth = 720, kHeight = 240, kLeft = 64, kBottom = 28, kTop = 12;

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #222; --faint: #ddd; --a: #1f6feb; --b: #d1661a; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --faint: #333; --a: #6cb0ff; --b: #f0a35e; --paper: #111; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 760px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.4em; } h2 { font-size: 1.05em; margin: 1.6em 0 .2em; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--ink); }
path { fill: none; stroke-width: 1.5; stroke-linejoin: round; } .grid { stroke: var(--faint); stroke-width: 1; }
.a { stroke: var(--a); } .b { stroke: var(--b); } span.a { color: var(--a); } span.b { color: var(--b); }
pre { white-space: pre-wrap; border-left: 3px solid var(--faint); padding-left: .8em; }
)";

std::string escaped(std::string_view text) {
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

struct Frame {
  double left, right, low, high;  // steps and values at the edges
  double x(double step) const {
    return kLeft + (step - left) / (right - left) * (kWidth - kLeft - 8);
  }
  double y(double value) const {
    return kHeight - kBottom - (value - low) / (high - low) * (kHeight - kBottom - kTop);
  }
};

Frame frame_of(const Series& a, const Series& b) {
  Frame frame{a.steps.front(), a.steps.back(), a.values.front(), a.values.front()};
  for (const Series* series : {&a, &b})
    for (std::size_t i = 0; i < series->steps.size(); ++i) {
      frame.left = std::min(frame.left, series->steps[i]);
      frame.right = std::max(frame.right, series->steps[i]);
      frame.low = std::min(frame.low, series->values[i]);
      frame.high = std::max(frame.high, series->values[i]);
    }
  if (frame.right <= frame.left) frame.right = frame.left + 1;
  if (frame.high <= frame.low)
    frame.high = frame.low + (frame.low == 0 ? 1 : 0.1 * std::abs(frame.low));
  return frame;
}

std::string path_of(const Series& series, const Frame& frame, char colour) {
  std::string d;
  for (std::size_t i = 0; i < series.steps.size(); ++i)
    d += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", frame.x(series.steps[i]),
                     frame.y(series.values[i]));
  if (series.steps.size() == 1) d += "h3";  // a lone point is to be seen, too
  return fmt::format("<path class=\"{}\" d=\"{}\"/>\n", colour, d);
}

std::string grid(const Frame& frame) {
  std::string svg;
  for (int i = 0; i <= 4; ++i) {
    const double value = frame.low + (frame.high - frame.low) * i / 4;
    const double step = frame.left + (frame.right - frame.left) * i / 4;
    svg += fmt::format(
        "<path class=\"grid\" d=\"M{0} {1:.1f}H{2}\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:.4g}</text>"
        "<text x=\"{6:.1f}\" y=\"{7}\" text-anchor=\"middle\">{8:.0f}</text>\n",
        kLeft, frame.y(value), kWidth - 8, kLeft - 6, frame.y(value) + 4, value,
        std::min(frame.x(step), kWidth - 24), kHeight - 8, step);
  }
  return svg;
}

// A heading and the curves below it; nothing where there is nothing to draw.
std::string chart(std::string_view heading, const Series& a, const Series& b = {}) {
  if (a.empty()) return {};
  const Series first = thinned(a, kMostPoints);
  const Series second = thinned(b, kMostPoints);
  const Frame frame = frame_of(first, second);
  return fmt::format("<h2>{}</h2>\n<svg viewBox=\"0 0 {} {}\" role=\"img\">\n", heading, kWidth,
                     kHeight) +
         grid(frame) + path_of(first, frame, 'a') +
         (second.empty() ? std::string() : path_of(second, frame, 'b')) + "</svg>\n";
}

}  // namespace

std::string html_report(const RunHistory& history, std::string_view title) {
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>{0}</title>\n"
      "<style>{1}</style></head><body>\n<h1>Training of {0}</h1>\n",
      escaped(title), kStyle);
  if (!history.loss.empty())
    page += fmt::format(
        "<p>{:.0f} steps; the loss went from {:.4f} to {:.4f}{}.</p>\n", history.loss.steps.back(),
        history.loss.values.front(), history.loss.values.back(),
        history.validation_loss.empty() ? ""
                                        : fmt::format(", the validation loss to {:.4f}",
                                                      history.validation_loss.values.back()));
  page += chart("<span class=\"a\">Loss</span> and <span class=\"b\">validation loss</span>",
                history.loss, history.validation_loss);
  page += chart("<span class=\"a\">Accuracy</span> and <span class=\"b\">macro F1</span>",
                history.accuracy, history.f1);
  page += chart("Learning rate", history.learning_rate);
  page += chart("Norm of the gradient, before clipping", history.gradient_norm);
  page += chart("Tokens a second", history.tokens_per_second);
  if (!history.samples.empty()) page += "<h2>Samples</h2>\n";
  for (const RunHistory::Sample& sample : history.samples)
    page += fmt::format("<p>Step {:.0f}</p><pre><b>{}</b>{}</pre>\n", sample.step,
                        escaped(sample.prompt), escaped(sample.text));
  return page + "</body></html>\n";
}

}  // namespace aiops::train
