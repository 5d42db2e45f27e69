// SPDX-License-Identifier: Apache-2.0
// Key files as cosign keeps them, so that either program can use the other's.
#pragma once

#include "sign/key.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace aiops::sign {

// Asked for when an encrypted key is not encrypted with the empty passphrase.
using AskPassphrase = std::function<Secret()>;

enum class KeyProtection { plain, empty_passphrase, passphrase };

struct LoadedKey {
  PrivateKey key;
  KeyProtection protection;
};

// Reads a private key: cosign's encrypted PEM, or plain PEM in PKCS#8 or SEC 1. A pure function of
// its arguments. Throws Error{failed} naming `what`, Error{denied} when the passphrase is wrong.
LoadedKey parse_private_key(std::string_view pem, std::string_view what, const AskPassphrase& ask);

// The key in cosign's encrypted format. An empty passphrase is legal there; the file is then only
// as safe as its permissions.
std::string format_private_key(const PrivateKey& key, const Secret& passphrase);

// Writes a file that did not exist before; complete or not at all. Throws Error{failed} when there
// is one already.
void write_new_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode);

}  // namespace aiops::sign
