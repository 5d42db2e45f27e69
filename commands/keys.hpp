// SPDX-License-Identifier: Apache-2.0
// Where keys and passphrases come from: flags, the environment, the person.
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "sign/key.hpp"
#include "sign/key_file.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aiops::commands {

// The public keys in `files`, else those in config_home/trusted/*.pub; each key once. Never from
// the current directory or from a model: who could write there could choose whom to trust. Throws
// Error{usage} when there is none.
std::vector<sign::PublicKey> trusted_keys(const std::vector<std::string>& files, Context& context);
// The same where no key at all is fine: then nothing counts as signed.
std::vector<sign::PublicKey> known_keys(const std::vector<std::string>& files, Context& context);

// Reads a private key. Its passphrase comes from `passphrase_file`, AIOPS_PASSPHRASE or the
// terminal, asked for only when the empty one does not open it. Warns when others may read the
// file.
sign::LoadedKey load_private_key(const std::filesystem::path& file,
                                 const std::optional<std::filesystem::path>& passphrase_file,
                                 Context& context);

// A passphrase for a new key, from the same places; asked for twice on a terminal. Throws
// Error{usage} when it is empty.
sign::Secret new_passphrase(const std::optional<std::filesystem::path>& passphrase_file,
                            Context& context);

// --passphrase-file
Flag passphrase_file_flag();

}  // namespace aiops::commands
