// SPDX-License-Identifier: Apache-2.0
#include "bench/digits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace aiops::bench {
namespace {

int magnitude(double value) { return static_cast<int>(std::floor(std::log10(std::abs(value)))); }

}  // namespace

std::string format_supported(double value, std::optional<double> half_width) {
  if (!std::isfinite(value)) return "?";
  if (value == 0) return "0";
  int last = magnitude(value) - 1;  // the power of ten of the last digit
  if (half_width) {
    const double noise = std::max(*half_width, std::abs(value) * 1e-6);  // a clock has steps too
    last = std::min(magnitude(noise), magnitude(value));
  }
  const double unit = std::pow(10.0, last);
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), "%.*f", std::max(0, -last),
                std::round(value / unit) * unit);
  return text.data();
}

}  // namespace aiops::bench
