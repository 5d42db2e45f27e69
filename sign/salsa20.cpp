// SPDX-License-Identifier: Apache-2.0
// Salsa20 keeps sixteen 32-bit words in a square:
//
//     "expa"  key     key     key          The diagonal spells "expand 32-byte k", the inner words
//     key     "nd 3"  input   input        6 … 9 are the input (nonce and counter, or for HSalsa20
//     input   input   "2-by"  key          sixteen nonce bytes), the rest is the key.
//     key     key     key     "te k"
//
// A round adds, rotates and xors along the columns, the next along the rows; twenty rounds mix
// every bit with every other. Salsa20 then adds the initial square, so that the rounds cannot be
// walked back. HSalsa20 does not add it and hands out only the words of the diagonal and the input:
// those that an observer of Salsa20's output could compute anyway. There are no tables and no
// branches on secrets, hence no timing to observe. OpenSSL has ChaCha20 but not its elder brother.
#include "sign/salsa20.hpp"

#include "sign/secret.hpp"

#include <array>
#include <bit>
#include <cstddef>

namespace aiops::sign {
namespace {

using Square = std::array<std::uint32_t, 16>;

std::uint32_t load(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
         std::uint32_t{bytes[3]} << 24;
}

void store(std::uint8_t* bytes, std::uint32_t word) {
  for (int i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(word >> (8 * i));
}

Square initial(std::span<const std::uint8_t, 32> key, std::span<const std::uint8_t, 16> input) {
  Square x{};
  x[0] = 0x61707865;   // "expa"
  x[5] = 0x3320646e;   // "nd 3"
  x[10] = 0x79622d32;  // "2-by"
  x[15] = 0x6b206574;  // "te k"
  for (std::size_t i = 0; i < 4; ++i) {
    x[1 + i] = load(&key[4 * i]);
    x[6 + i] = load(&input[4 * i]);
    x[11 + i] = load(&key[16 + 4 * i]);
  }
  return x;
}

void quarter(Square& x, int a, int b, int c, int d) {
  x[b] ^= std::rotl(x[a] + x[d], 7);
  x[c] ^= std::rotl(x[b] + x[a], 9);
  x[d] ^= std::rotl(x[c] + x[b], 13);
  x[a] ^= std::rotl(x[d] + x[c], 18);
}

void twenty_rounds(Square& x) {
  for (int double_round = 0; double_round < 10; ++double_round) {
    quarter(x, 0, 4, 8, 12);
    quarter(x, 5, 9, 13, 1);
    quarter(x, 10, 14, 2, 6);
    quarter(x, 15, 3, 7, 11);
    quarter(x, 0, 1, 2, 3);
    quarter(x, 5, 6, 7, 4);
    quarter(x, 10, 11, 8, 9);
    quarter(x, 15, 12, 13, 14);
  }
}

}  // namespace

void salsa20_block(std::span<const std::uint8_t, 32> key, std::span<const std::uint8_t, 8> nonce,
                   std::uint64_t counter, std::span<std::uint8_t, 64> out) {
  std::array<std::uint8_t, 16> input{};
  for (std::size_t i = 0; i < 8; ++i) {
    input[i] = nonce[i];
    input[8 + i] = static_cast<std::uint8_t>(counter >> (8 * i));
  }
  Square start = initial(key, input);
  Square x = start;
  twenty_rounds(x);
  for (std::size_t i = 0; i < 16; ++i) store(&out[4 * i], x[i] + start[i]);
  wipe(x.data(), sizeof x);
  wipe(start.data(), sizeof start);
}

void hsalsa20(std::span<const std::uint8_t, 32> key, std::span<const std::uint8_t, 16> nonce,
              std::span<std::uint8_t, 32> out) {
  Square x = initial(key, nonce);
  twenty_rounds(x);
  constexpr std::array<std::size_t, 8> kHandedOut = {0, 5, 10, 15, 6, 7, 8, 9};
  for (std::size_t i = 0; i < kHandedOut.size(); ++i) store(&out[4 * i], x[kHandedOut[i]]);
  wipe(x.data(), sizeof x);
}

}  // namespace aiops::sign
