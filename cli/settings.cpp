// SPDX-License-Identifier: Apache-2.0
#include "cli/settings.hpp"

#include <algorithm>

namespace aiops {

std::optional<Settings::Value> Settings::find(std::string_view key) const {
  const auto at = std::ranges::lower_bound(values_, key, {}, &Value::key);
  if (at == values_.end() || at->key != key) return std::nullopt;
  return *at;
}

void Settings::set(Value value) {
  const auto at = std::ranges::lower_bound(values_, value.key, {}, &Value::key);
  if (at != values_.end() && at->key == value.key)
    *at = std::move(value);
  else
    values_.insert(at, std::move(value));
}

}  // namespace aiops
