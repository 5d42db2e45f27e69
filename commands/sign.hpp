// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/repositories.hpp"
#include "commands/sign_target.hpp"
#include "pack/digest_memory.hpp"

#include <filesystem>
#include <optional>

namespace aiops::commands {

struct SignOptions {
  SignTarget target;
  std::filesystem::path key;
  std::optional<std::filesystem::path> passphrase_file;
  std::optional<std::filesystem::path> signature;  // of files on disk only
  RegistryAccess registry;
  pack::DigestMemory::Trust digests = pack::DigestMemory::Trust::yes;
};

Verb sign_verb();

void sign_target(const SignOptions& options, Context& context);

}  // namespace aiops::commands
