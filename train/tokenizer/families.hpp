// SPDX-License-Identifier: Apache-2.0
// The families of byte-level tokenizers: what tokenizer.json spells out, GGUF names in one word,
// and so does the command line.
#pragma once

#include "base/json.hpp"
#include "train/tokenizer/splitter.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace aiops::train {

struct SplitterFamily {
  Splitter splitter;
  std::string_view name;        // "gpt2": --splitter, tokenizer.splitter
  std::string_view gguf;        // tokenizer.ggml.pre
  std::string_view expression;  // of a Split before ByteLevel; empty: ByteLevel splits by its own
  bool digits_alone;            // Digits before ByteLevel
  bool nfc;                     // the normalizer
  bool whole_pieces;            // the model's ignore_merges
};

std::span<const SplitterFamily> splitter_families();
// Of a splitter that splits bytes.
const SplitterFamily& family_of(Splitter splitter);
// By --splitter's word for it; nothing when there is none.
std::optional<Splitter> splitter_of(std::string_view name);

// What a tokenizer.json of the family has.
OrderedJson pre_tokenizer_json(const SplitterFamily& family);
OrderedJson normalizer_json(const SplitterFamily& family);
OrderedJson byte_level_json(bool use_regex);

}  // namespace aiops::train
