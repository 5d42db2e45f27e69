// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/tokenizer/tokenizer.hpp"

#include <string_view>
#include <vector>

namespace aiops::fuzz {

// The tokens of a text that is cut wherever its tokenizer says that it may be.
inline std::vector<std::int32_t> encode_in_stretches(const train::Tokenizer& tokenizer,
                                                     std::string_view text) {
  std::vector<std::int32_t> ids;
  train::Tokenizer::Encoder encoder(tokenizer);
  for (auto begin = train::Begin::text; !text.empty(); begin = train::Begin::inside) {
    const std::size_t cut = tokenizer.safe_cut(text, 1);
    encoder.encode(text.substr(0, cut), ids, begin);
    text.remove_prefix(cut);
  }
  return ids;
}

}  // namespace aiops::fuzz
