// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/added_tokens.hpp"

#include "train/unicode/classes.hpp"
#include "train/unicode/utf8.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

using unicode::character_at;
using unicode::Class;

std::size_t start_of(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : std::size_t{0};
  };
  return byte(at) << 8 | byte(at + 1);
}

// Where the character that ends before `at` begins.
std::size_t character_before(std::string_view text, std::size_t from, std::size_t at) {
  std::size_t start = at - 1;
  while (start > from && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
  return start + unicode::code_point_at(text, start).size == at ? start : at - 1;
}

std::size_t before_spaces(std::string_view text, std::size_t from, std::size_t at) {
  while (at > from) {
    const std::size_t start = character_before(text, from, at);
    if (character_at(text, start).what != Class::white_space) break;
    at = start;
  }
  return at;
}

std::size_t after_spaces(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const auto character = character_at(text, at);
    if (character.what != Class::white_space) break;
    at += character.size;
  }
  return at;
}

bool is_beside_a_word(std::string_view text, std::size_t begin, std::size_t end) {
  const auto is_word = [&](std::size_t at) {
    return unicode::is_word(unicode::code_point_at(text, at).value);
  };
  return (begin > 0 && is_word(character_before(text, 0, begin))) ||
         (end < text.size() && is_word(end));
}

}  // namespace

// At the end of a text there is no second byte: 0 stands for it, as good as any for a token of one
// byte, which has all of them.
void AddedTokens::add(AddedToken token) {
  const auto place = static_cast<std::uint32_t>(tokens_.size());
  tokens_.push_back(std::move(token));
  const std::string& content = tokens_.back().content;
  if (content.size() > 1) return add(start_of(content, 0), place);
  for (std::size_t second = 0; second < 256; ++second) add(start_of(content, 0) | second, place);
}

void AddedTokens::add(std::size_t start, std::uint32_t place) {
  auto& places = places_[start];
  const auto longer = [&](std::uint32_t other) {
    return tokens_[other].content.size() >= tokens_[place].content.size();
  };
  places.insert(std::find_if_not(places.begin(), places.end(), longer), place);
  starts_.set(start);
}

// The longest token that stands at `at`; null when there is none.
const AddedToken* AddedTokens::at(std::string_view text, std::size_t at) const {
  const std::size_t start = start_of(text, at);
  if (!starts_[start]) return nullptr;
  for (const std::uint32_t place : places_.at(start)) {
    const AddedToken& token = tokens_[place];
    if (text.compare(at, token.content.size(), token.content) == 0) return &token;
  }
  return nullptr;
}

AddedTokens::Match AddedTokens::find(std::string_view text, std::size_t from,
                                     SpecialTokens special) const {
  if (tokens_.empty()) return {};
  for (std::size_t begin = from; begin < text.size();) {
    const AddedToken* token = at(text, begin);
    if (token == nullptr) {
      ++begin;
      continue;
    }
    const std::size_t end = begin + token->content.size();
    if ((token->special && special == SpecialTokens::literal) ||
        (token->single_word && is_beside_a_word(text, begin, end))) {
      begin = end;
      continue;
    }
    return {token, token->lstrip ? before_spaces(text, from, begin) : begin,
            token->rstrip ? after_spaces(text, end) : end};
  }
  return {};
}

}  // namespace aiops::train
