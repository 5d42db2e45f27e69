// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/utf8_stream.hpp"

#include "base/encoding.hpp"

namespace aiops::train {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// How long the character that starts with this byte is; 0: none starts so.
std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

// Whether more bytes could still make these a character.
bool may_become(std::string_view bytes, std::size_t length) {
  std::string filled(bytes);
  for (const char* rest : {"\x80\x80\x80", "\xBF\xBF\xBF"}) {
    filled.resize(bytes.size());
    filled.append(rest, length - bytes.size());
    if (is_utf8(filled)) return true;
  }
  return false;
}

}  // namespace

std::string Utf8Stream::push(std::string_view bytes) {
  pending_ += bytes;
  std::string out;
  std::size_t at = 0;
  while (at < pending_.size()) {
    const std::size_t length = length_of(static_cast<unsigned char>(pending_[at]));
    const std::string_view rest = std::string_view(pending_).substr(at);
    if (length > rest.size() && may_become(rest, length)) break;
    if (length > 0 && length <= rest.size() && is_utf8(rest.substr(0, length))) {
      out += rest.substr(0, length);
      at += length;
    } else {
      out += kReplacement;
      ++at;
    }
  }
  pending_.erase(0, at);
  return out;
}

std::string Utf8Stream::finish() {
  const bool cut = !pending_.empty();
  pending_.clear();
  return cut ? std::string(kReplacement) : std::string();
}

}  // namespace aiops::train
