// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops {

// The configuration, each value with where it came from. Precedence: flag > environment
// AIOPS_<SECTION>_<KEY> > project aiops.yaml (`config:` section; may not name programs nor widen
// trust) > $XDG_CONFIG_HOME/aiops/config.yaml > /etc/aiops/config.yaml > default. Only keys that
// some flag declares as its `setting` exist.
class Settings {
 public:
  struct Value {
    std::string key;  // "registry.jobs"
    std::string value;
    std::string origin;  // "environment AIOPS_REGISTRY_JOBS",
                         // "/home/u/.config/aiops/config.yaml:3:9", "default"
  };

  std::optional<Value> find(std::string_view key) const;
  std::vector<Value> all() const { return values_; }
  void set(Value value);

 private:
  std::vector<Value> values_;  // sorted by key
};

}  // namespace aiops
