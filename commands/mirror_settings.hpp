// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/mirrors.hpp"

#include <string>
#include <vector>

namespace aiops::commands {

// Reads registry.mirrors: a YAML list of
//   {prefix, location?, blocked?, insecure?, mirrors: [{location, pull-from?, insecure?}]}.
// `origin` says where it was written. Throws Error{usage}.
std::vector<registry::MirrorRule> parse_mirrors(const std::string& text, const std::string& origin);

}  // namespace aiops::commands
