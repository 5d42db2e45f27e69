// SPDX-License-Identifier: Apache-2.0
#include "bench/canonical.hpp"

#include "base/error.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace aiops::bench {
namespace {

void write(const Json& value, std::string& out);

template <typename Range, typename WriteItem>
void write_list(const Range& items, char open, char close, std::string& out, WriteItem item) {
  out += open;
  bool first = true;
  for (auto at = items.begin(); at != items.end(); ++at) {
    if (!first) out += ',';
    first = false;
    item(at);
  }
  out += close;
}

void write(const Json& value, std::string& out) {
  if (value.is_object()) {  // nlohmann's map is sorted by bytes: for ASCII, RFC 8785's order
    write_list(value, '{', '}', out, [&](auto member) {
      out += to_text(Json(member.key())) + ':';
      write(member.value(), out);
    });
  } else if (value.is_array()) {
    write_list(value, '[', ']', out, [&](auto item) { write(*item, out); });
  } else if (value.is_number_float()) {
    out += canonical_number(value.get<double>());
  } else {
    out += to_text(value);
  }
}

}  // namespace

std::string canonical_number(double value) {
  if (!std::isfinite(value))
    throw Error(ExitCode::failed, "JSON cannot hold a number that is not finite");
  if (value == 0) return "0";
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), std::abs(value),
                                 std::chars_format::scientific);
  const std::string_view scientific(text.data(), static_cast<std::size_t>(end.ptr - text.data()));
  const auto e = scientific.find('e');
  std::string digits(scientific.substr(0, e));
  if (digits.size() > 1) digits.erase(1, 1);  // the point
  const int exponent = std::stoi(std::string(scientific.substr(e + 1)));
  const int point = exponent + 1;  // digits before the decimal point: ECMA-262's n
  const int count = static_cast<int>(digits.size());
  std::string out = value < 0 ? "-" : "";
  if (count <= point && point <= 21)
    return out + digits + std::string(static_cast<std::size_t>(point - count), '0');
  if (0 < point && point <= 21)
    return out + digits.substr(0, static_cast<std::size_t>(point)) + '.' +
           digits.substr(static_cast<std::size_t>(point));
  if (-6 < point && point <= 0)
    return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  out += digits.substr(0, 1);
  if (count > 1) out += '.' + digits.substr(1);
  return out + 'e' + (exponent < 0 ? '-' : '+') + std::to_string(std::abs(exponent));
}

std::string to_canonical(const Json& value) {
  std::string out;
  write(value, out);
  return out;
}

}  // namespace aiops::bench
