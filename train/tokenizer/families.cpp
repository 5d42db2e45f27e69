// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/families.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace aiops::train {
namespace {

constexpr std::array<SplitterFamily, 5> kFamilies = {{
    {Splitter::gpt2, "gpt2", "gpt-2", {}, false, false, false},
    {Splitter::smollm2, "smollm2", "smollm", {}, true, false, false},
    {Splitter::llama3, "llama3", "llama-bpe", kLlama3Expression, false, false, true},
    {Splitter::qwen2, "qwen2", "qwen2", kQwen2Expression, false, true, false},
    {Splitter::tekken, "tekken", "tekken", kTekkenExpression, false, false, true},
}};

}  // namespace

std::span<const SplitterFamily> splitter_families() { return kFamilies; }

const SplitterFamily& family_of(Splitter splitter) {
  return *std::ranges::find(kFamilies, splitter, &SplitterFamily::splitter);
}

std::optional<Splitter> splitter_of(std::string_view name) {
  const auto found = std::ranges::find(kFamilies, name, &SplitterFamily::name);
  if (found == kFamilies.end()) return std::nullopt;
  return found->splitter;
}

OrderedJson byte_level_json(bool use_regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", use_regex}};
}

OrderedJson pre_tokenizer_json(const SplitterFamily& family) {
  if (family.expression.empty() && !family.digits_alone) return byte_level_json(true);
  OrderedJson first = {{"type", "Digits"}, {"individual_digits", true}};
  if (!family.digits_alone)
    first = {{"type", "Split"},
             {"pattern", {{"Regex", family.expression}}},
             {"behavior", "Isolated"},
             {"invert", false}};
  return {{"type", "Sequence"},
          {"pretokenizers", OrderedJson::array({first, byte_level_json(family.digits_alone)})}};
}

OrderedJson normalizer_json(const SplitterFamily& family) {
  if (family.nfc) return {{"type", "NFC"}};
  return nullptr;
}

}  // namespace aiops::train
