// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"

#include <filesystem>

namespace aiops {

// The environment of this process.
class ProcessEnvironment final : public Environment {
 public:
  std::optional<std::string> get(std::string_view name) const override;
};

// The XDG base directories of aiops (XDG Base Directory Specification 0.8): relative values are
// ignored, as it demands. Without HOME the current directory stands in.
struct Homes {
  std::filesystem::path home;
  std::filesystem::path config;  // $XDG_CONFIG_HOME/aiops
  std::filesystem::path data;    // $XDG_DATA_HOME/aiops
  std::filesystem::path state;   // $XDG_STATE_HOME/aiops
};
Homes find_homes(const Environment& environment);

}  // namespace aiops
