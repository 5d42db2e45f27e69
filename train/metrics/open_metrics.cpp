// SPDX-License-Identifier: Apache-2.0
#include "train/metrics/open_metrics.hpp"

#include <fmt/format.h>

#include <string_view>

namespace aiops::train {
namespace {

// Backslash, quote and newline are what a label's value must not hold as they are.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return out;
}

}  // namespace

std::string open_metrics(const RunGauges& g) {
  std::string text;
  const std::string label = "{run=\"" + escaped(g.run) + "\"}";
  const auto add = [&](std::string_view name, std::string_view type, std::string_view help,
                       auto value) {
    const std::string_view suffix = type == "counter" ? "_total" : "";
    text += fmt::format(
        "# TYPE aiops_train_{0} {1}\n# HELP aiops_train_{0} {2}\n"
        "aiops_train_{0}{3}{4} {5}\n",
        name, type, help, suffix, label, value);
  };
  add("step", "gauge", "Steps done.", g.step);
  add("steps", "gauge", "Steps of the whole run.", g.steps);
  add("tokens", "counter", "Tokens trained on.", g.tokens);
  add("loss", "gauge", "Mean loss of the last step.", g.loss);
  if (g.validation_loss)
    add("validation_loss", "gauge", "Last validation loss.", *g.validation_loss);
  for (const Measure& measure : g.measures)
    add("validation_" + measure.name, "gauge", "Of the last validation.", measure.value);
  add("learning_rate", "gauge", "Learning rate of the last step.", g.learning_rate);
  add("gradient_norm", "gauge", "Global norm of the gradient before clipping.", g.gradient_norm);
  add("tokens_per_second", "gauge", "Rate of the last step.", g.tokens_per_second);
  add("skipped_steps", "counter", "Steps not followed since they were outliers.", g.skipped);
  add("wall_seconds", "gauge", "Time that the run took so far, all its parts together.",
      g.wall_seconds);
  add("updated_timestamp_seconds", "gauge", "When this was written.", g.time);
  return text + "# EOF\n";
}

}  // namespace aiops::train
