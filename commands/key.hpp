// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"

#include <filesystem>
#include <optional>

namespace aiops::commands {

enum class Passphrase { wanted, none };

struct KeyGenerateOptions {
  std::filesystem::path prefix;  // PREFIX.key and PREFIX.pub
  std::optional<std::filesystem::path> passphrase_file;
  Passphrase passphrase = Passphrase::wanted;
};

struct KeyImportOptions {
  std::filesystem::path file;
  KeyGenerateOptions to;
};

struct KeyShowOptions {
  std::filesystem::path file;
  std::optional<std::filesystem::path> passphrase_file;
  bool pem = false;
};

// `key generate`, `key show`, `key import`
Verb key_verb();

void key_generate(const KeyGenerateOptions& options, Context& context);
void key_import(const KeyImportOptions& options, Context& context);
void key_show(const KeyShowOptions& options, Context& context);

}  // namespace aiops::commands
