// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/tokenizer.hpp"

#include "train/tokenizer/state.hpp"

#include <algorithm>

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
// an added token may take it.
bool Tokenizer::State::may_cut_after_line_feeds() const {
  for (const AddedTokens* set : {&added, &normalized_added})
    for (const AddedToken& token : set->all())
      if (token.lstrip || token.rstrip || token.content.find('\n') != std::string::npos)
        return false;
  return true;
}

bool Tokenizer::allows_cuts() const {
  return state_->components.alphabet == Alphabet::bytes && state_->may_cut_after_line_feeds();
}

std::size_t Tokenizer::safe_cut(std::string_view text, std::size_t at) const {
  if (!state_->may_cut_after_line_feeds()) return text.size();
  while (at < text.size()) {
    at = train::safe_cut(text, at);
    if (at == text.size() || state_->components.alphabet == Alphabet::bytes ||
        state_->may_cut_between('\n', static_cast<unsigned char>(text[at])))
      return at;
    ++at;
  }
  return text.size();
}

// Between two characters without a token that stand for one unknown token there is no cut either.
bool Tokenizer::State::may_cut_between(char32_t first, char32_t second) const {
  return cuts_between_characters && !joined.contains(first, second) &&
         (falls_back_to_bytes || characters.contains(second));
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

bool Tokenizer::is_special(std::int32_t id) const {
  return std::ranges::binary_search(state_->special, id);
}

std::string Tokenizer::decode(std::span<const std::int32_t> ids) const {
  Decoder decoder(*this);
  std::string text;
  for (const std::int32_t id : ids) decoder.decode(id, text);
  return text;
}

void Tokenizer::Decoder::decode(std::int32_t id, std::string& text) {
  if (special_ == ShowSpecial::no && tokenizer_.is_special(id)) return;
  const std::string bytes = tokenizer_.bytes_of(id);
  const bool drops_space = !begun_ && tokenizer_.state_->components.decoder_drops_space;
  text += drops_space && bytes.starts_with(' ') ? std::string_view(bytes).substr(1) : bytes;
  begun_ = begun_ || !bytes.empty();
}

}  // namespace aiops::train
