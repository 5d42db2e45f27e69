// SPDX-License-Identifier: Apache-2.0
// Pieces of a page that needs nothing but itself: no script, no network.
#pragma once

#include "train/checkpoint/run_history.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

std::string html_escaped(std::string_view text);

// The page up to its heading; kHtmlEnd ends it. Both texts are plain.
std::string html_head(std::string_view title, std::string_view heading);
inline constexpr std::string_view kHtmlEnd = "</body></html>\n";

enum class Floor { least, zero };  // where the values of a chart begin
enum class Noise { none, some };   // what has some is drawn with its means

// A heading, which is HTML, and the curves below it; nothing where there is nothing to draw.
std::string html_chart(std::string_view heading, Floor floor, Noise noise, const Series& a,
                       const Series& b = {});

// One value after the other, with how sure each is: an upright bar from `low` to `high`, none where
// the two are equal.
struct Bar {
  double step, value, low, high;
};
std::string html_bars(std::string_view heading, Floor floor, const std::vector<Bar>& bars);

// What a figure is made of: a drawing of kChartSize either way, and text around it, at percents of
// its width and height from the upper left corner.
inline constexpr double kChartSize = 1000;
std::string html_figure(std::string_view heading, std::string_view paths, std::string_view labels);
std::string html_path(std::string_view kind, std::string_view d);
std::string html_label_below(double percent, double value);
std::string html_label_left(double percent, double value);

}  // namespace aiops::train
