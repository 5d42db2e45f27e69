// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "base/json.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// The members of a config.json, with the file's name for what is wrong with them.
class ConfigReader {
 public:
  ConfigReader(const Json& config, std::string_view what) : config_(config), what_(what) {
    if (!config.is_object()) refuse("not a JSON object");
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, what_ + ": " + why);
  }

  // The member, or nullptr when it is absent or null, or the key is empty.
  const Json* find(std::string_view key) const {
    const auto found = key.empty() ? config_.end() : config_.find(key);
    return found == config_.end() || found->is_null() ? nullptr : &*found;
  }

  // Whether it is there, if only as null.
  bool has(std::string_view key) const { return config_.contains(key); }

  std::int64_t integer(std::string_view key) const {
    const Json* member = find(key);
    if (member == nullptr) refuse("has no '" + std::string(key) + "'");
    return integer(key, 0);
  }

  std::int64_t integer(std::string_view key, std::int64_t otherwise) const {
    const Json* member = find(key);
    if (member == nullptr) return otherwise;
    if (!member->is_number_integer()) refuse("'" + std::string(key) + "' is not an integer");
    return member->get<std::int64_t>();
  }

  bool boolean(std::string_view key, bool otherwise) const {
    const Json* member = find(key);
    if (member == nullptr) return otherwise;
    if (!member->is_boolean()) refuse("'" + std::string(key) + "' is not true or false");
    return member->get<bool>();
  }

  double number(std::string_view key, double otherwise) const {
    const Json* member = find(key);
    if (member == nullptr) return otherwise;
    if (!member->is_number()) refuse("'" + std::string(key) + "' is not a number");
    return member->get<double>();
  }

  // A text, or nothing when it is absent or something else.
  std::string text(std::string_view key) const {
    const Json* member = find(key);
    return member != nullptr && member->is_string() ? member->get<std::string>() : std::string();
  }

  // Token ids: one, a list (several tokens may end a text), or none.
  std::vector<std::int64_t> tokens(std::string_view key) const {
    const Json* member = find(key);
    if (member == nullptr) return {};
    std::vector<std::int64_t> ids;
    for (const Json& id : member->is_array() ? *member : Json::array({*member})) {
      if (!id.is_number_integer()) refuse("'" + std::string(key) + "' is not a token id");
      ids.push_back(id.get<std::int64_t>());
    }
    return ids;
  }

  // Refuses a member that is there and not `only`: what it asks for is not implemented.
  void insist(std::string_view key, const Json& only) const {
    const Json* member = find(key);
    if (member != nullptr && *member != only)
      refuse("'" + std::string(key) + "' is " + to_text(*member) + ", only " + to_text(only) +
             " is supported");
  }

 private:
  const Json& config_;
  std::string what_;
};

}  // namespace aiops::train
