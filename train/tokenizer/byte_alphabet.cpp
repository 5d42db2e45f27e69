// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/byte_alphabet.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace aiops::train {
namespace {

constexpr unsigned kFirstSubstitute = 0x100;
constexpr unsigned kSubstitutes = 68;

constexpr bool stands_for_itself(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<unsigned, 256> letter{};                          // byte -> code point
  std::array<int, kFirstSubstitute + kSubstitutes> byte_of{};  // code point -> byte, or -1
};

Alphabet make_alphabet() {
  Alphabet alphabet;
  alphabet.byte_of.fill(-1);
  unsigned substitute = kFirstSubstitute;
  for (unsigned byte = 0; byte < 256; ++byte) {
    alphabet.letter[byte] = stands_for_itself(byte) ? byte : substitute++;
    alphabet.byte_of[alphabet.letter[byte]] = static_cast<int>(byte);
  }
  return alphabet;
}

const Alphabet& alphabet() {
  static const Alphabet made = make_alphabet();
  return made;
}

}  // namespace

std::string spell_bytes(std::string_view bytes) {
  std::string spelling;
  spelling.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const unsigned letter = alphabet().letter[static_cast<unsigned char>(c)];
    if (letter < 0x80) {
      spelling += static_cast<char>(letter);
    } else {
      spelling += static_cast<char>(0xC0 | letter >> 6);
      spelling += static_cast<char>(0x80 | (letter & 0x3F));
    }
  }
  return spelling;
}

std::optional<std::string> unspell_bytes(std::string_view spelling) {
  std::string bytes;
  bytes.reserve(spelling.size());
  for (std::size_t i = 0; i < spelling.size(); ++i) {
    unsigned point = static_cast<unsigned char>(spelling[i]);
    if (point >= 0x80) {  // every letter above ASCII takes two bytes
      if (point < 0xC2 || point > 0xDF || i + 1 == spelling.size()) return std::nullopt;
      point = (point & 0x1F) << 6 | (static_cast<unsigned char>(spelling[++i]) & 0x3F);
    }
    if (point >= alphabet().byte_of.size() || alphabet().byte_of[point] < 0) return std::nullopt;
    bytes += static_cast<char>(alphabet().byte_of[point]);
  }
  return bytes;
}

std::optional<unsigned char> byte_of_spelling(std::string_view spelling) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (spelling.size() != 6 || !spelling.starts_with("<0x") || spelling[5] != '>')
    return std::nullopt;
  const auto high = kDigits.find(spelling[3]);
  const auto low = kDigits.find(spelling[4]);
  if (high == kDigits.npos || low == kDigits.npos) return std::nullopt;
  return static_cast<unsigned char>(high << 4 | low);
}

const std::string& bytes_by_letter() {
  static const std::string sorted = [] {
    std::string bytes(256, '\0');
    std::iota(bytes.begin(), bytes.end(), '\0');
    std::sort(bytes.begin(), bytes.end(), [](char a, char b) {
      return alphabet().letter[static_cast<unsigned char>(a)] <
             alphabet().letter[static_cast<unsigned char>(b)];
    });
    return bytes;
  }();
  return sorted;
}

}  // namespace aiops::train
