// SPDX-License-Identifier: Apache-2.0
// Text for terminals: columns, wrapping, clipping. Widths count code points: what the program
// prints is Latin text, and a wide or combining character only moves a column by one.
#pragma once

#include "base/encoding.hpp"  // printable()

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aiops {

std::size_t display_width(std::string_view text);

// `text` cut to `width` columns; the last one becomes "…" when something was cut. Never splits a
// code point.
std::string clip(std::string_view text, std::size_t width);

// `text` followed by blanks up to `width` columns.
std::string pad(std::string_view text, std::size_t width);

// The lines of `text` broken at blanks to at most `width` columns. A line that starts with a blank
// is an example and stays as it is. Paragraphs are separated by an empty line.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

// wrap() with every line but empty ones indented, each ended by a newline.
std::string indented(std::string_view text, std::size_t indent, std::size_t width);

std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

}  // namespace aiops
