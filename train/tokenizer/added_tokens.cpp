// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/added_tokens.hpp"

#include "train/unicode/classes.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

using unicode::character_at;
using unicode::Class;

std::size_t before_spaces(std::string_view text, std::size_t from, std::size_t at) {
  while (at > from) {
    std::size_t start = at - 1;
    while (start > from && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
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

}  // namespace

void AddedTokens::add(AddedToken token) {
  auto& places = starts_[static_cast<unsigned char>(token.content[0])];
  const auto longer = [&](std::uint32_t place) {
    return tokens_[place].content.size() >= token.content.size();
  };
  places.insert(std::find_if_not(places.begin(), places.end(), longer),
                static_cast<std::uint32_t>(tokens_.size()));
  tokens_.push_back(std::move(token));
}

AddedTokens::Match AddedTokens::find(std::string_view text, std::size_t from,
                                     SpecialTokens special) const {
  if (tokens_.empty()) return {};
  for (std::size_t at = from; at < text.size(); ++at) {
    const auto& places = starts_[static_cast<unsigned char>(text[at])];
    for (const std::uint32_t place : places) {
      const AddedToken& token = tokens_[place];
      if (token.special && special == SpecialTokens::literal) continue;
      if (text.compare(at, token.content.size(), token.content) != 0) continue;
      const std::size_t end = at + token.content.size();
      return {&token, token.lstrip ? before_spaces(text, from, at) : at,
              token.rstrip ? after_spaces(text, end) : end};
    }
  }
  return {};
}

}  // namespace aiops::train
