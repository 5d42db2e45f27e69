// SPDX-License-Identifier: Apache-2.0
// Python's str, as far as templates use it. Positions count code points, as there. Letters change
// their case in ASCII only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train::jinja {

enum class Side { left, right, both };

std::int64_t length(std::string_view text);
std::vector<std::string_view> characters(std::string_view text);
// Without the `characters` at its ends; without white space when there are none given.
std::string_view stripped(std::string_view text, std::optional<std::string_view> characters,
                          Side side);
// At `separator`, at white space when none is given; at most `most` cuts where it is not negative,
// from the left or the right. Throws Fault on an empty separator.
std::vector<std::string_view> split(std::string_view text,
                                    std::optional<std::string_view> separator, std::int64_t most,
                                    Side from);
std::vector<std::string_view> split_lines(std::string_view text);
// At most `most` replacements where it is not negative. Throws Fault when the result is too long.
std::string replaced(std::string_view text, std::string_view old, std::string_view with,
                     std::int64_t most);
std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string capitalised(std::string_view text);
std::string titled(std::string_view text);

}  // namespace aiops::train::jinja
