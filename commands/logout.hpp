// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"

#include <string>

namespace aiops::commands {

struct LogoutOptions {
  std::string host;
};

Verb logout_verb();

// Forgets the credentials for a registry; not having any is no failure.
void logout(const LogoutOptions& options, Context& context);

}  // namespace aiops::commands
