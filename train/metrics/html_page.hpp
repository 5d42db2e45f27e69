// SPDX-License-Identifier: Apache-2.0
// Pieces of a page that needs nothing but itself: no script, no network.
#pragma once

#include "train/checkpoint/run_history.hpp"

#include <string>
#include <string_view>

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

}  // namespace aiops::train
