// SPDX-License-Identifier: Apache-2.0
// A text on its way to ids, in the order of the tokenizers package: added tokens are taken out;
// what is left between them is normalised, loses the added tokens that are looked for after that,
// is cut into pieces, and each piece is merged.
#include "train/tokenizer/piece_cache.hpp"
#include "train/tokenizer/state.hpp"
#include "train/tokenizer/tokenizer.hpp"
#include "train/unicode/nfc.hpp"
#include "train/unicode/utf8.hpp"

namespace aiops::train {
namespace {

constexpr const char* kMark = "\xE2\x96\x81";  // U+2581

// Of a stretch in the text: at its start, after an added token, or in the middle of one that began
// before a cut.
enum class Place { start, later, inside };

}  // namespace

struct Tokenizer::Encoder::Cache {
  std::shared_ptr<const State> state;
  SpecialTokens special;
  PieceCache known = {};
  std::vector<TokenId> tokens = {};  // of the piece at hand

  // Calls `between` on what stands between the added tokens of a set.
  template <class Between>
  void without(const AddedTokens& added, std::string_view text, Place place,
               std::vector<TokenId>& ids, Between between) {
    for (std::size_t begin = 0; begin < text.size();) {
      const auto match = added.find(text, begin, special);
      const std::size_t end = match.token ? match.begin : text.size();
      if (end > begin) between(text.substr(begin, end - begin), begin == 0 ? place : Place::later);
      if (!match.token) break;
      ids.push_back(match.token->id);
      begin = match.end;
    }
  }

  void encode(std::string_view text, std::vector<TokenId>& ids, Place place) {
    without(state->added, text, place, ids, [&](std::string_view stretch, Place where) {
      const Components& components = state->components;
      if (components.normalization == Normalization::nfc && !unicode::is_surely_nfc(stretch))
        encode_normalised(unicode::to_nfc(stretch), where, ids);
      else if (components.marks == Marks::by_normalizer)
        encode_normalised(with_marks(stretch, where), where, ids);
      else
        encode_normalised(stretch, where, ids);
    });
  }

  void encode_normalised(std::string_view text, Place place, std::vector<TokenId>& ids) {
    without(state->normalized_added, text, place, ids, [&](std::string_view stretch, Place where) {
      if (state->components.marks == Marks::by_pre_tokenizer)
        encode_pieces(with_marks(stretch, where), ids);
      else
        encode_pieces(stretch, ids);
    });
  }

  bool puts_mark_before(std::string_view text, Place place) const {
    if (place == Place::inside) return false;
    const Components& components = state->components;
    const bool marked =
        text.starts_with(kMark) || (components.marks_for_spaces && text.starts_with(' '));
    switch (components.mark_before) {
      case MarkBefore::each:
        return true;
      case MarkBefore::each_unmarked:
        return !marked;
      case MarkBefore::first_unmarked:
        return !marked && place == Place::start;
      case MarkBefore::nothing:
        break;
    }
    return false;
  }

  std::string with_marks(std::string_view text, Place place) const {
    std::string out = puts_mark_before(text, place) ? kMark : std::string();
    for (const char c : text) {
      if (c == ' ' && state->components.marks_for_spaces)
        out += kMark;
      else
        out += c;
    }
    return out;
  }

  void encode_pieces(std::string_view text, std::vector<TokenId>& ids) {
    const Splitter splitter = state->components.splitter;
    const bool cuts = state->cuts_between_characters;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t whole = piece_end(splitter, text, at);
      while (at < whole) {
        const std::size_t end = cuts ? cut(text.substr(0, whole), at) : whole;
        encode_piece(text.substr(at, end - at), ids);
        at = end;
      }
    }
  }

  // The end of the part from `at` on that merges may make one token of.
  std::size_t cut(std::string_view text, std::size_t at) const {
    auto before = unicode::code_point_at(text, at);
    for (at += before.size; at < text.size();) {
      const auto after = unicode::code_point_at(text, at);
      if (state->may_cut_between(before.value, after.value)) break;
      at += after.size;
      before = after;
    }
    return at;
  }

  void encode_piece(std::string_view piece, std::vector<TokenId>& ids) {
    const bool cached = PieceCache::takes(piece);
    if (cached) {
      if (const auto found = known.find(piece); !found.empty()) {
        ids.insert(ids.end(), found.begin(), found.end());
        return;
      }
    }
    merge(piece);
    ids.insert(ids.end(), tokens.begin(), tokens.end());
    if (cached) known.add(piece, tokens);
  }

  void merge(std::string_view piece) {
    tokens.clear();
    if (state->whole_pieces == WholePieces::look_up_first) {
      if (const auto whole = state->pieces.find(piece); whole != state->pieces.end()) {
        tokens.push_back(whole->second);
        return;
      }
    }
    if (state->components.alphabet == Alphabet::bytes)
      start_with_bytes(piece);
    else
      start_with_characters(piece);
    state->merges.apply(tokens);
  }

  void start_with_bytes(std::string_view piece) {
    for (const char c : piece) {
      const TokenId token = state->byte_tokens[static_cast<unsigned char>(c)];
      if (token >= 0)
        tokens.push_back(token);
      else
        add_unknown();
    }
  }

  void start_with_characters(std::string_view piece) {
    for (std::size_t at = 0; at < piece.size();) {
      const auto character = unicode::code_point_at(piece, at);
      const auto found = state->characters.find(character.value);
      if (found != state->characters.end())
        tokens.push_back(found->second);
      else if (!fall_back(piece.substr(at, character.size)))
        add_unknown();
      at += character.size;
    }
  }

  void add_unknown() {
    const bool again = !tokens.empty() && tokens.back() == state->unknown;
    if (state->unknown >= 0 && !(again && state->fuses_unknown)) tokens.push_back(state->unknown);
  }

  // The tokens of a character's bytes, if each has one.
  bool fall_back(std::string_view bytes) {
    const auto token_of = [&](char c) { return state->byte_tokens[static_cast<unsigned char>(c)]; };
    for (const char c : bytes)
      if (token_of(c) < 0) return false;
    for (const char c : bytes) tokens.push_back(token_of(c));
    return true;
  }
};

Tokenizer::Encoder::Encoder(const Tokenizer& tokenizer, SpecialTokens special)
    : cache_(new Cache{tokenizer.state_, special}) {}
Tokenizer::Encoder::~Encoder() = default;
Tokenizer::Encoder::Encoder(Encoder&&) noexcept = default;

void Tokenizer::Encoder::encode(std::string_view text, std::vector<std::int32_t>& ids,
                                Begin begin) {
  cache_->encode(text, ids, begin == Begin::text ? Place::start : Place::inside);
}

}  // namespace aiops::train
