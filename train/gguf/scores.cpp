// SPDX-License-Identifier: Apache-2.0
#include "train/gguf/scores.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>
#include <unordered_map>

namespace aiops::train {
namespace {

using Places = std::unordered_map<std::string_view, std::size_t>;  // of texts

template <class Texts, class Text>
Places places_of(const Texts& texts, Text text_of) {
  Places places;
  places.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) places.emplace(text_of(texts[i]), i);
  return places;
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// Calls visit(left, right) with the places of the two tokens of each cut of `text`.
template <class Visit>
void for_each_cut(std::string_view text, const Places& places, Visit visit) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (!begins_character(text[at])) continue;
    const auto left = places.find(text.substr(0, at));
    if (left == places.end()) continue;
    const auto right = places.find(text.substr(at));
    if (right != places.end()) visit(left->second, right->second);
  }
}

}  // namespace

RankedMerges merges_of_scores(std::span<const ScoredToken> tokens) {
  const Places places =
      places_of(tokens, [](const ScoredToken& token) { return std::string_view(token.text); });
  std::vector<std::size_t> order(tokens.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return tokens[a].score > tokens[b].score; });
  RankedMerges made;
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const ScoredToken& token = tokens[order[i]];
    if (i > 0 && token.score != tokens[order[i - 1]].score) ++rank;
    std::vector<std::pair<std::size_t, std::size_t>> cuts;
    for_each_cut(token.text, places,
                 [&](std::size_t left, std::size_t right) { cuts.emplace_back(left, right); });
    // By their ids, as converters to tokenizer.json write them.
    std::sort(cuts.begin(), cuts.end());
    for (const auto& [left, right] : cuts) {
      made.merges.emplace_back(tokens[left].text, tokens[right].text);
      made.ranks.push_back(rank);
    }
  }
  return made;
}

std::optional<std::vector<float>> scores_of_merges(
    std::span<const std::string> texts,
    std::span<const std::pair<std::string, std::string>> merges) {
  const Places places =
      places_of(texts, [](const std::string& text) { return std::string_view(text); });
  std::vector<float> scores(texts.size());
  std::vector<std::size_t> cuts(texts.size(), 0);  // of each that are merges
  std::set<std::pair<std::size_t, std::size_t>> seen;
  std::vector<std::size_t> made;  // in the order of their merges
  for (const auto& [left, right] : merges) {
    const auto first = places.find(left), second = places.find(right);
    const auto result = places.find(left + right);
    if (first == places.end() || second == places.end() || result == places.end()) return {};
    if (!seen.emplace(first->second, second->second).second) return {};
    const std::size_t token = result->second;
    if (made.empty() || made.back() != token) {
      if (cuts[token] > 0) return {};  // they do not follow one another
      made.push_back(token);
    }
    ++cuts[token];
  }
  for (std::size_t token = 0; token < texts.size(); ++token) {
    if (texts[token].size() > kLongestScoredToken) return {};
    std::size_t all = 0;
    for_each_cut(texts[token], places, [&](std::size_t, std::size_t) { ++all; });
    if (all != cuts[token]) return {};
  }
  for (std::size_t i = 0; i < made.size(); ++i) scores[made[i]] = -static_cast<float>(i);
  auto next = static_cast<float>(made.size());
  for (std::size_t token = 0; token < texts.size(); ++token)
    if (cuts[token] == 0) scores[token] = -next++;
  return scores;
}

}  // namespace aiops::train
