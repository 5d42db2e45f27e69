// SPDX-License-Identifier: Apache-2.0
#include "train/jinja/functions.hpp"
#include "train/jinja/python_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace aiops::train::jinja {
namespace {

[[noreturn]] void refuse(const std::string& mark, const Value& left, const Value& right) {
  const auto name = [](const Value& value) {
    return value.is_undefined() && !value.name().empty() ? "'" + value.name() + "' (undefined)"
                                                         : std::string(value.type());
  };
  throw Fault{"'" + mark + "' between " + name(left) + " and " + name(right)};
}

std::string joined(const std::string& left, const std::string& right) {
  if (left.size() + right.size() > kMostWeight) throw Fault{"a string grows too long"};
  return left + right;
}

void refuse_if(bool overflows) {
  if (overflows) throw Fault{"a number grows too large"};
}

std::int64_t floor_divided(std::int64_t a, std::int64_t b) {
  refuse_if(b == -1 && a == INT64_MIN);
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

Value power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) return std::pow(static_cast<double>(base), static_cast<double>(exponent));
  if (base == 0 || base == 1) return exponent == 0 ? 1 : base;
  std::int64_t result = 1;
  refuse_if(exponent > 64);
  for (std::int64_t i = 0; i < exponent; ++i)
    refuse_if(__builtin_mul_overflow(result, base, &result));
  return result;
}

Value integers(const std::string& mark, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (mark == "+" || mark == "-" || mark == "*") {
    refuse_if(mark == "+"   ? __builtin_add_overflow(a, b, &result)
              : mark == "-" ? __builtin_sub_overflow(a, b, &result)
                            : __builtin_mul_overflow(a, b, &result));
    return result;
  }
  if (mark == "**") return power(a, b);
  if (b == 0) throw Fault{"division by zero"};
  if (mark == "/") return static_cast<double>(a) / static_cast<double>(b);
  const std::int64_t quotient = floor_divided(a, b);
  return mark == "//" ? quotient : b == -1 ? 0 : a - quotient * b;
}

Value reals(const std::string& mark, double a, double b) {
  if (mark == "+") return a + b;
  if (mark == "-") return a - b;
  if (mark == "*") return a * b;
  if (mark == "**") return std::pow(a, b);
  if (b == 0) throw Fault{"division by zero"};
  if (mark == "/") return a / b;
  return mark == "//" ? std::floor(a / b) : a - std::floor(a / b) * b;
}

// A string or list so many times.
Value repeated(const Value& value, std::int64_t times) {
  const auto count = static_cast<std::size_t>(std::max<std::int64_t>(times, 0));
  if (count > kMostWeight || value.extent().weight * count > kMostWeight)
    throw Fault{"'*' makes a value too large"};
  if (value.is_string()) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += value.string();
    return text;
  }
  List items;
  for (std::size_t i = 0; i < count; ++i)
    items.insert(items.end(), value.items().begin(), value.items().end());
  return Value::list(std::move(items));
}

std::int64_t wrapped(std::int64_t index, std::int64_t size) {
  return index < 0 ? index + size : index;
}

// The places that a Python slice takes from a sequence of `size`.
std::vector<std::int64_t> places(std::int64_t size, const Value& begin, const Value& end,
                                 const Value& step) {
  const auto given = [](const Value& value) { return !value.is_undefined() && !value.is_none(); };
  const auto number = [](const Value& value) {
    if (!value.is_integer()) throw Fault{"a slice by something other than integers"};
    return value.integer();
  };
  const std::int64_t stride = given(step) ? number(step) : 1;
  if (stride == 0) throw Fault{"a slice with step 0"};
  const std::int64_t low = stride > 0 ? 0 : -1;
  const std::int64_t high = stride > 0 ? size : size - 1;
  const auto bound = [&](const Value& value, std::int64_t fallback) {
    return given(value) ? std::clamp(wrapped(number(value), size), low, high) : fallback;
  };
  const std::int64_t first = bound(begin, stride > 0 ? low : high);
  const std::int64_t last = bound(end, stride > 0 ? high : low);
  std::vector<std::int64_t> taken;
  const std::int64_t hop = std::clamp<std::int64_t>(stride, -size - 1, size + 1);
  for (std::int64_t i = first; stride > 0 ? i < last : i > last; i += hop) taken.push_back(i);
  return taken;
}

}  // namespace

Value binary(const std::string& mark, const Value& left, const Value& right) {
  if (mark == "~") return joined(left.text(), right.text());
  if (left.is_number() && right.is_number())
    return left.is_float() || right.is_float() ? reals(mark, left.number(), right.number())
                                               : integers(mark, left.integer(), right.integer());
  if (mark == "+" && left.is_string() && right.is_string())
    return joined(left.string(), right.string());
  if (mark == "+" && left.is_list() && right.is_list()) {
    List items = left.items();
    items.insert(items.end(), right.items().begin(), right.items().end());
    return Value::list(std::move(items));
  }
  const auto is_sequence = [](const Value& value) { return value.is_string() || value.is_list(); };
  if (mark == "*" && is_sequence(left) && right.is_integer())
    return repeated(left, right.integer());
  if (mark == "*" && is_sequence(right) && left.is_integer())
    return repeated(right, left.integer());
  refuse(mark, left, right);
}

bool compare(const std::string& mark, const Value& left, const Value& right) {
  if (mark == "==") return left == right;
  if (mark == "!=") return !(left == right);
  if (mark == "in") return contains(right, left);
  if (mark == "not in") return !contains(right, left);
  double order = 0;
  if (left.is_number() && right.is_number())
    order = left.number() < right.number() ? -1 : left.number() > right.number() ? 1 : 0;
  else if (left.is_string() && right.is_string())
    order = left.string().compare(right.string());
  else
    refuse(mark, left, right);
  if (mark == "<") return order < 0;
  if (mark == ">") return order > 0;
  return mark == "<=" ? order <= 0 : order >= 0;
}

bool contains(const Value& whole, const Value& part) {
  if (whole.is_undefined()) return false;
  if (whole.is_string() && part.is_string())
    return whole.string().find(part.string()) != std::string::npos;
  if (whole.is_dict()) return part.is_string() && whole.entries().find(part.string());
  if (!whole.is_list()) refuse("in", part, whole);
  return std::find(whole.items().begin(), whole.items().end(), part) != whole.items().end();
}

Value attribute(const Value& value, const std::string& name) {
  if (value.is_undefined())
    throw Fault{"'" + value.name() + "' is undefined, so it has no '" + name + "'"};
  if (value.is_dict())
    if (const Value* found = value.entries().find(name)) return *found;
  std::int64_t index = 0;  // a.0
  if (const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), index);
      failure == std::errc() && end == name.data() + name.size())
    return item(value, index);
  return Undefined{name};
}

Value item(const Value& value, const Value& key) {
  if (key.is_string()) return attribute(value, key.string());
  if (value.is_undefined()) throw Fault{"'" + value.name() + "' is undefined, so it has no items"};
  if (!key.is_integer() || value.is_dict()) return Undefined{key.text()};
  if (value.is_string()) {
    const std::int64_t at = wrapped(key.integer(), length(value.string()));
    return at < 0 ? Value(Undefined{key.text()})
                  : slice(value, at, at == INT64_MAX ? at : at + 1, Value());
  }
  if (!value.is_list()) return Undefined{key.text()};
  const auto& items = value.items();
  const std::int64_t at = wrapped(key.integer(), static_cast<std::int64_t>(items.size()));
  if (at < 0 || at >= static_cast<std::int64_t>(items.size())) return Undefined{key.text()};
  return items[static_cast<std::size_t>(at)];
}

Value slice(const Value& value, const Value& begin, const Value& end, const Value& step) {
  if (value.is_string()) {
    const auto all = characters(value.string());
    std::string text;
    for (const auto i : places(static_cast<std::int64_t>(all.size()), begin, end, step))
      text += all[static_cast<std::size_t>(i)];
    return text;
  }
  if (!value.is_list()) throw Fault{std::string("a slice of ") + value.type()};
  List items;
  for (const auto i : places(static_cast<std::int64_t>(value.items().size()), begin, end, step))
    items.push_back(value.items()[static_cast<std::size_t>(i)]);
  return Value::list(std::move(items));
}

List iterate(const Value& value) {
  if (value.is_undefined()) return {};
  if (value.is_list()) return value.items();
  List items;
  if (value.is_string())
    for (const std::string_view character : characters(value.string())) items.push_back(character);
  else if (value.is_dict())
    for (const auto& [key, member] : value.entries().members) items.push_back(key);
  else
    throw Fault{std::string(value.type()) + " has no items to walk over"};
  return items;
}

Value list_of(const std::vector<std::string_view>& texts) {
  return Value::list({texts.begin(), texts.end()});
}

}  // namespace aiops::train::jinja
