// SPDX-License-Identifier: Apache-2.0
// What templates may do with values: filters, tests, methods and operators. All throw Fault.
#pragma once

#include "train/jinja/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiops::train::jinja {

struct CallArguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;

  // The argument by place or by name; null when absent.
  const Value* find(std::size_t place, std::string_view name) const;
  // Typed, with what holds when they are absent.
  std::string text(std::size_t place, std::string_view name, std::string fallback) const;
  std::optional<std::string> optional_text(std::size_t place, std::string_view name) const;
  std::int64_t integer(std::size_t place, std::string_view name, std::int64_t fallback) const;
  bool flag(std::size_t place, std::string_view name, bool fallback) const;
  const Value& required(std::size_t place, std::string_view name) const;
};

Value apply_filter(const std::string& name, const Value& value, const CallArguments& arguments);
bool apply_test(const std::string& name, const Value& value, const CallArguments& arguments);
// None when the value has no such method.
std::optional<Value> call_method(const Value& value, const std::string& name,
                                 const CallArguments& arguments);

Value binary(const std::string& mark, const Value& left, const Value& right);
bool compare(const std::string& mark, const Value& left, const Value& right);
bool contains(const Value& whole, const Value& part);
// value.name: undefined when there is none.
Value attribute(const Value& value, const std::string& name);
Value item(const Value& value, const Value& key);
Value slice(const Value& value, const Value& begin, const Value& end, const Value& step);
// What a loop walks over: items, characters, keys.
List iterate(const Value& value);
Value list_of(const std::vector<std::string_view>& texts);

}  // namespace aiops::train::jinja
