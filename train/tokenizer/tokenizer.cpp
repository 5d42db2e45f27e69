// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/tokenizer.hpp"

#include "train/tokenizer/state.hpp"

namespace aiops::train {

std::string Tokenizer::to_json() const { return state_->json; }

std::int64_t Tokenizer::vocab_size() const {
  return static_cast<std::int64_t>(state_->bytes.size());
}

std::int64_t Tokenizer::id_of(std::string_view special_token) const {
  for (const AddedTokens* set : {&state_->added, &state_->normalized_added})
    for (const AddedToken& token : set->all())
      if (token.content == special_token) return token.id;
  return -1;
}

std::span<const std::int32_t> Tokenizer::before() const { return state_->before; }
std::span<const std::int32_t> Tokenizer::after() const { return state_->after; }

// A line feed between two marks is no piece's middle, and no normalisation reaches across it; but
// white space may be an added token's, and a mark may be put before each stretch.
bool Tokenizer::allows_cuts() const {
  if (state_->components.alphabet != Alphabet::bytes) return false;
  for (const AddedTokens* set : {&state_->added, &state_->normalized_added})
    for (const AddedToken& token : set->all())
      if (token.lstrip || token.rstrip || token.content.find('\n') != std::string::npos)
        return false;
  return true;
}

std::vector<std::int32_t> Tokenizer::encode(std::string_view text) const {
  std::vector<std::int32_t> ids;
  Encoder(*this).encode(text, ids);
  return ids;
}

std::string Tokenizer::bytes_of(std::int32_t id) const {
  if (id < 0 || id >= vocab_size()) return {};
  return state_->bytes[static_cast<std::size_t>(id)];
}

std::string Tokenizer::decode(std::span<const std::int32_t> ids) const {
  std::string text;
  for (const std::int32_t id : ids) text += bytes_of(id);
  if (state_->components.decoder_drops_space && text.starts_with(' ')) text.erase(0, 1);
  return text;
}

}  // namespace aiops::train
