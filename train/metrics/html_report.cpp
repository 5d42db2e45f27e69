// SPDX-License-Identifier: Apache-2.0
#include "base/units.hpp"
#include "train/checkpoint/run_history.hpp"
#include "train/metrics/html_page.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiops::train {
namespace {

std::string summary(const RunHistory& history) {
  const Series& loss = history.loss;
  std::string text = fmt::format("{:.0f} steps", loss.steps.back());
  if (history.tokens > 0) text += ", " + format_count(history.tokens) + " tokens";
  if (history.wall_seconds > 0) text += " in " + format_duration(history.wall_seconds);
  text +=
      fmt::format("; the loss went from {:.4f} to {:.4f}", loss.values.front(), loss.values.back());
  const Series& validation = history.validation_loss;
  if (!validation.empty()) {
    text += fmt::format(", the validation loss to {:.4f}", validation.values.back());
    const auto best = std::ranges::min_element(validation.values);
    if (best + 1 != validation.values.end())
      text +=
          fmt::format(" (lowest {:.4f}, at step {:.0f})", *best,
                      validation.steps[static_cast<std::size_t>(best - validation.values.begin())]);
  }
  return "<p>" + text + ".</p>\n";
}

std::string samples_of(const RunHistory& history) {
  std::string text;
  double step = -1;
  for (const RunHistory::Sample& sample : history.samples) {
    if (text.empty()) text = "<h2>Samples</h2>\n";
    if (sample.step != step) text += fmt::format("<h3>Step {:.0f}</h3>\n", sample.step);
    step = sample.step;
    text += fmt::format("<pre><b>{}</b>{}</pre>\n", html_escaped(sample.prompt),
                        html_escaped(sample.text));
  }
  return text;
}

}  // namespace

std::string html_report(const RunHistory& history, std::string_view title) {
  std::string page = html_head(title, "Training of " + std::string(title));
  if (!history.loss.empty()) page += summary(history);
  page += html_chart("<span class=\"a\">Loss</span> and <span class=\"b\">validation loss</span>",
                     Floor::least, Noise::some, history.loss, history.validation_loss);
  page += html_chart("<span class=\"a\">Accuracy</span> and <span class=\"b\">macro F1</span>",
                     Floor::zero, Noise::some, history.accuracy, history.f1);
  page += html_chart("Learning rate", Floor::zero, Noise::none, history.learning_rate);
  page += html_chart("Norm of the gradient, before clipping", Floor::zero, Noise::some,
                     history.gradient_norm);
  page += html_chart("Tokens a second", Floor::zero, Noise::some, history.tokens_per_second);
  page += samples_of(history);
  return page += kHtmlEnd;
}

}  // namespace aiops::train
