// SPDX-License-Identifier: Apache-2.0
// The course of a run, read back from its metrics.jsonl, to be looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// Something that changes with the steps. Both have one length; steps rise.
struct Series {
  std::vector<double> steps, values;
  bool empty() const { return steps.empty(); }
};

struct RunHistory {
  Series loss, validation_loss, learning_rate, gradient_norm, tokens_per_second;
  Series accuracy, f1;  // of validations of a classification
  struct Sample {
    double step;
    std::string prompt, text;
  };
  std::vector<Sample> samples;
  std::uint64_t tokens = 0;  // of the whole run, as its last step says
  double wall_seconds = 0;

  // Lines that are none of ours are passed over.
  static RunHistory parse(std::string_view metrics);
};

// At most `most` points: each the mean of as many neighbours as the others.
Series thinned(const Series& series, std::size_t most);

// The series as a drawing of `width` × `height` characters with its axes, for a terminal; `across`
// says what its steps are. Empty when there is nothing to draw.
std::vector<std::string> draw(const Series& series, std::size_t width, std::size_t height,
                              std::string_view across = "step");

// A page that needs nothing but itself: curves as SVG, and the samples.
std::string html_report(const RunHistory& history, std::string_view title);

}  // namespace aiops::train
