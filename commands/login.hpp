// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands/repositories.hpp"

#include <string>

namespace aiops::commands {

struct LoginOptions {
  enum class Password { prompt, standard_input };

  std::string host;
  std::string user;
  Password password = Password::prompt;
  RegistryAccess registry;
};

Verb login_verb();

// Checks the credentials with the registry and saves them only when it takes them.
void login(const LoginOptions& options, Context& context);

}  // namespace aiops::commands
