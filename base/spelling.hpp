// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops {

// The known word nearest to a mistyped one (Damerau-Levenshtein distance of at most 2, and less
// than half its length).
std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& known);

}  // namespace aiops
