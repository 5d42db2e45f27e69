// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"

#include <string>
#include <vector>

namespace aiops::commands {

enum class Origin { hide, show };

struct ConfigShowOptions {
  std::vector<std::string> keys;  // empty: all
  Origin origin = Origin::hide;
};

Verb config_verb();

// Reports the configuration that holds here. Throws Error{usage} for a key that does not exist.
void config_show(const ConfigShowOptions& options, Context& context);

}  // namespace aiops::commands
