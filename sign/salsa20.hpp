// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace aiops::sign {

// Salsa20/20 with a 256-bit key (D. J. Bernstein, "The Salsa20 family of stream ciphers"): block
// `counter` of the keystream for this key and nonce.
void salsa20_block(std::span<const std::uint8_t, 32> key, std::span<const std::uint8_t, 8> nonce,
                   std::uint64_t counter, std::span<std::uint8_t, 64> out);

// HSalsa20 (D. J. Bernstein, "Extending the Salsa20 nonce"): derives a key from a key and 16 more
// nonce bytes.
void hsalsa20(std::span<const std::uint8_t, 32> key, std::span<const std::uint8_t, 16> nonce,
              std::span<std::uint8_t, 32> out);

}  // namespace aiops::sign
