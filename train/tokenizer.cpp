// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer.hpp"

#include "train/splitter.hpp"
#include "train/tokenizer_state.hpp"
#include "train/unicode/classes.hpp"

#include <functional>

namespace aiops::train {

std::string Tokenizer::to_json() const { return state_->json; }

std::int64_t Tokenizer::vocab_size() const {
  return static_cast<std::int64_t>(state_->bytes.size());
}

std::int64_t Tokenizer::id_of(std::string_view special_token) const {
  for (const AddedToken& token : state_->added)
    if (token.content == special_token) return token.id;
  return -1;
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
  return text;
}

// Natural text repeats its pieces: most are answered from here.
struct Tokenizer::Encoder::Cache {
  static constexpr std::size_t kPieces = 1 << 17;
  static constexpr std::size_t kLongest = 64;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  std::shared_ptr<const State> state;
  SpecialTokens special;
  std::unordered_map<std::string, std::vector<TokenId>, Hash, std::equal_to<>> known;
  std::vector<TokenId> tokens;  // of the piece at hand

  // The added token that is written at `at`, the longest first; null when there is none.
  const AddedToken* added_at(std::string_view text, std::size_t at) const {
    for (const AddedToken& token : state->added)
      if (text.substr(at).starts_with(token.content)) return &token;
    return nullptr;
  }

  void encode_segment(std::string_view text, std::vector<TokenId>& ids) {
    if (state->digits == Digits::together) return encode_pieces(text, ids);
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
      const auto character = unicode::character_at(text, at);
      if (character.what == unicode::Class::number) {
        encode_pieces(text.substr(begin, at - begin), ids);
        encode_pieces(text.substr(at, character.size), ids);
        begin = at + character.size;
      }
      at += character.size;
    }
    encode_pieces(text.substr(begin), ids);
  }

  void encode_pieces(std::string_view text, std::vector<TokenId>& ids) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = piece_end(text, at);
      encode_piece(text.substr(at, end - at), ids);
      at = end;
    }
  }

  void encode_piece(std::string_view piece, std::vector<TokenId>& ids) {
    if (const auto found = known.find(piece); found != known.end()) {
      ids.insert(ids.end(), found->second.begin(), found->second.end());
      return;
    }
    merge(piece);
    ids.insert(ids.end(), tokens.begin(), tokens.end());
    if (piece.size() <= kLongest && known.size() < kPieces) known.emplace(piece, tokens);
  }

  void merge(std::string_view piece) {
    tokens.clear();
    if (state->whole_pieces == WholePieces::look_up_first) {
      if (const auto whole = state->pieces.find(std::string(piece)); whole != state->pieces.end()) {
        tokens.push_back(whole->second);
        return;
      }
    }
    for (const char c : piece) tokens.push_back(state->byte_tokens[static_cast<unsigned char>(c)]);
    state->merges.apply(tokens);
  }
};

Tokenizer::Encoder::Encoder(const Tokenizer& tokenizer, SpecialTokens special)
    : cache_(new Cache{tokenizer.state_, special, {}, {}}) {}
Tokenizer::Encoder::~Encoder() = default;
Tokenizer::Encoder::Encoder(Encoder&&) noexcept = default;

void Tokenizer::Encoder::encode(std::string_view text, std::vector<std::int32_t>& ids) {
  std::size_t begin = 0;
  if (cache_->special == SpecialTokens::recognise) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const AddedToken* token = cache_->added_at(text, at);
      if (!token) continue;
      cache_->encode_segment(text.substr(begin, at - begin), ids);
      ids.push_back(token->id);
      begin = at + token->content.size();
      at = begin - 1;
    }
  }
  cache_->encode_segment(text.substr(begin), ids);
}

}  // namespace aiops::train
