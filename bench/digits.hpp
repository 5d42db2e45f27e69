// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace aiops::bench {

// A value with the digits that its noise supports: the last one shown is where half of its interval
// begins to matter. Without an interval, two significant digits.
std::string format_supported(double value, std::optional<double> half_width);

}  // namespace aiops::bench
