// SPDX-License-Identifier: Apache-2.0
#include "base/units.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace aiops {
namespace {

std::string with_decimals(double value, int decimals) {
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 6> kUnits = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};
  if (bytes < 1024) return std::to_string(bytes) + kUnits[0];
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1023.95 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return with_decimals(value, value < 99.95 ? 1 : 0) + kUnits[unit];
}

std::string format_count(std::uint64_t count) {
  constexpr std::array<const char*, 5> kUnits = {"", "K", "M", "B", "T"};
  double value = static_cast<double>(count);
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  auto text = with_decimals(value, unit == 0 ? 0 : 1);
  if (text.size() > 2 && text.ends_with(".0")) text.resize(text.size() - 2);
  return text + kUnits[unit];
}

std::string counted(std::uint64_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

std::string format_duration(double seconds) {
  if (!(seconds >= 0) || seconds > 1e9) return "?";
  if (seconds < 9.95) return with_decimals(seconds, 1) + "s";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  std::array<char, 32> text{};
  if (whole < 60)
    std::snprintf(text.data(), text.size(), "%us", static_cast<unsigned>(whole));
  else if (whole < 3600)
    std::snprintf(text.data(), text.size(), "%um%02us", static_cast<unsigned>(whole / 60),
                  static_cast<unsigned>(whole % 60));
  else
    std::snprintf(text.data(), text.size(), "%uh%02um", static_cast<unsigned>(whole / 3600),
                  static_cast<unsigned>(whole % 3600 / 60));
  return text.data();
}

std::string format_number(double value) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end.ptr};
}

std::uint64_t parse_bytes(std::string_view text, std::string_view what) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.ends_with("iB")) unit.remove_suffix(2);
  if (unit == "B") unit = "";
  const auto power = unit.empty() ? 0 : std::string_view("KMGT").find(unit) + 1;
  const bool known = unit.empty() || (unit.size() == 1 && power != std::string_view::npos + 1);
  const double bytes = known ? value * std::pow(1024.0, static_cast<double>(power)) : -1;
  if (error != std::errc() || !(bytes >= 0) || bytes > 9e18)
    throw Error(ExitCode::usage, std::string(what) + ": '" + printable(text) + "' is not a size",
                "write a number and KiB, MiB, GiB or TiB, such as 512MiB");
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace aiops
