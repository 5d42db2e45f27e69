// SPDX-License-Identifier: Apache-2.0
// A YAML mapping read strictly: every key must be asked for, and every complaint names file, line
// and column.
//
//   YamlMap root = YamlMap::load("train.yaml", text);
//   auto steps = root.integer("steps", 1, 1'000'000).value_or(1000);
//   YamlMap model = root.map("model");
//   root.finish();   // throws on the first key nobody asked for, with the nearest known one
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops {

class YamlMap {
 public:
  // Parses `text`. Throws Error{usage} "FILE:LINE:COLUMN: what is wrong". An empty document is an
  // empty map.
  static YamlMap load(std::string_view file, std::string_view text);

  // Puts a scalar at a dotted key ("model.layers"), over or beside what the file says: --set.
  // Complaints about it then say "--set KEY". Before map(). Throws Error{usage} when a key on the
  // way is no map.
  void set(std::string_view dotted_key, std::string_view value);

  bool has(std::string_view key) const;
  std::optional<std::string> text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high);
  std::optional<double> number(std::string_view key, double low, double high);
  std::optional<bool> boolean(std::string_view key);
  // A list of scalars, or one scalar; set() may have given a list as "[a, b]".
  std::vector<std::string> texts(std::string_view key);
  // Whatever it holds, as YAML on one line, for somebody else to read; empty when absent.
  std::string flow(std::string_view key);
  YamlMap map(std::string_view key);                // empty when absent
  std::vector<YamlMap> maps(std::string_view key);  // a list of mappings, empty when absent

  void ignore(std::string_view key);  // somebody else's: whatever it holds

  // The keys in the order written: for maps whose keys are the user's own.
  std::vector<std::string> keys() const;

  // "FILE:LINE:COLUMN" of a key's value, for a complaint of the caller's.
  std::string where(std::string_view key) const;
  // Throws Error{usage} when a key was never asked for, here or in a map below.
  void finish() const;

  struct State;

 private:
  explicit YamlMap(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace aiops
