// SPDX-License-Identifier: Apache-2.0
#include "train/jinja/functions.hpp"

namespace aiops::train::jinja {
namespace {

[[noreturn]] void refuse(std::string_view name, const char* type) {
  throw Fault{"the argument '" + std::string(name) + "' is not " + type};
}

}  // namespace

const Value* CallArguments::find(std::size_t place, std::string_view name) const {
  if (place < positional.size()) return &positional[place];
  for (const auto& [key, value] : named)
    if (key == name) return &value;
  return nullptr;
}

const Value& CallArguments::required(std::size_t place, std::string_view name) const {
  const Value* value = find(place, name);
  if (!value) throw Fault{"the argument '" + std::string(name) + "' is missing"};
  return *value;
}

std::optional<std::string> CallArguments::optional_text(std::size_t place,
                                                        std::string_view name) const {
  const Value* value = find(place, name);
  if (!value || value->is_none()) return std::nullopt;
  if (!value->is_string()) refuse(name, "a string");
  return value->string();
}

std::string CallArguments::text(std::size_t place, std::string_view name,
                                std::string fallback) const {
  return optional_text(place, name).value_or(std::move(fallback));
}

std::int64_t CallArguments::integer(std::size_t place, std::string_view name,
                                    std::int64_t fallback) const {
  const Value* value = find(place, name);
  if (!value || value->is_none()) return fallback;
  if (!value->is_integer() && !value->is_bool()) refuse(name, "an integer");
  return value->integer();
}

bool CallArguments::flag(std::size_t place, std::string_view name, bool fallback) const {
  const Value* value = find(place, name);
  return value ? value->truth() : fallback;
}

}  // namespace aiops::train::jinja
