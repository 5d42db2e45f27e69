// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sign/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aiops::sign {

inline constexpr std::size_t kSecretboxKey = 32;
inline constexpr std::size_t kSecretboxNonce = 24;
inline constexpr std::size_t kSecretboxTag = 16;

// NaCl's secretbox, XSalsa20-Poly1305: tag (16 bytes) followed by the ciphertext. `key` has 32
// bytes and `nonce` 24, which must never serve twice with one key.
std::string secretbox_seal(const Secret& key, std::string_view nonce, std::string_view message);

// The message, or nothing when the box was not made with this key and nonce or was altered.
std::optional<Secret> secretbox_open(const Secret& key, std::string_view nonce,
                                     std::string_view box);

// scrypt (RFC 7914): a key of `length` bytes from a passphrase. Takes 128 * r * n bytes of memory;
// whoever calls with foreign parameters bounds them first. Throws Error{failed} when OpenSSL
// refuses.
Secret scrypt(std::string_view passphrase, std::string_view salt, std::uint64_t n, std::uint32_t r,
              std::uint32_t p, std::size_t length);

}  // namespace aiops::sign
