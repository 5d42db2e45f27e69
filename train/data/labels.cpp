// SPDX-License-Identifier: Apache-2.0
#include "train/data/labels.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::size_t kNamed = 8;  // labels in a complaint

std::string list_of(std::span<const std::string> labels) {
  std::string list;
  for (const std::string& label : labels.first(std::min(labels.size(), kNamed)))
    list += (list.empty() ? "" : ", ") + printable(label);
  return labels.size() > kNamed ? list + ", …" : list;
}

[[noreturn]] void refuse(const Examples& examples, const Examples::Word& word,
                         std::span<const std::string> labels) {
  const std::string where = examples.where(word.first) + ": ";
  if (word.label.number)
    throw Error(ExitCode::failed, where + "the label " + word.label.text +
                                      " is out of range: " + std::to_string(labels.size()) +
                                      " labels are counted from 0: " + list_of(labels));
  throw Error(ExitCode::failed, where + "the label '" + printable(word.label.text) +
                                    "' is none of " + list_of(labels));
}

}  // namespace

std::vector<std::string> labels_in(const Examples& examples) {
  std::vector<LabelWord> words;
  for (const Examples::Word& word : examples.words()) words.push_back(word.label);
  if (words.size() > kMostLabels)
    throw Error(ExitCode::failed,
                "the data has " + std::to_string(words.size()) + " different labels, more than " +
                    std::to_string(kMostLabels),
                "set data.label to the member that holds the label");
  const bool are_numbers =
      std::ranges::all_of(words, [](const LabelWord& word) { return word.number.has_value(); });
  if (are_numbers)
    std::ranges::sort(words, {}, [](const LabelWord& word) { return *word.number; });
  else
    std::ranges::sort(words, {}, &LabelWord::text);
  std::vector<std::string> labels;
  for (LabelWord& word : words) labels.push_back(std::move(word.text));
  return labels;
}

LabelIndex::LabelIndex(std::span<const std::string> labels) {
  for (const std::string& label : labels)
    ids_.emplace(label, static_cast<std::int32_t>(ids_.size()));
}

std::int32_t LabelIndex::find(const LabelWord& word) const {
  if (const auto found = ids_.find(word.text); found != ids_.end()) return found->second;
  const bool counts =
      word.number && *word.number >= 0 && *word.number < static_cast<std::int64_t>(ids_.size());
  return counts ? static_cast<std::int32_t>(*word.number) : -1;
}

std::vector<std::int32_t> label_ids(const Examples& examples, std::span<const std::string> labels) {
  const LabelIndex index(labels);
  std::vector<std::int32_t> of_words;
  for (const Examples::Word& word : examples.words()) {
    of_words.push_back(index.find(word.label));
    if (of_words.back() < 0) refuse(examples, word, labels);
  }
  std::vector<std::int32_t> ids;
  for (std::size_t i = 0; i < examples.size(); ++i) ids.push_back(of_words[examples.word(i)]);
  return ids;
}

}  // namespace aiops::train
