// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/repositories.hpp"
#include "commands/sign_target.hpp"
#include "sign/model_directory.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aiops::commands {

struct VerifyOptions {
  SignTarget target;
  std::vector<std::string> keys;                   // public keys; empty: the user's trusted ones
  std::optional<std::filesystem::path> signature;  // of files on disk only
  sign::Unsigned may_be_unsigned = sign::Unsigned::as_signed;
  RegistryAccess registry;
};

Verb verify_verb();

// Throws Error{unverified} with its reason; differing files have all been named by then.
void verify_target(const VerifyOptions& options, Context& context);

}  // namespace aiops::commands
