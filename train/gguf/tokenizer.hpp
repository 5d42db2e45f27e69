// SPDX-License-Identifier: Apache-2.0
// The vocabulary inside a GGUF file is what a tokenizer.json says with other words: one becomes the
// other here. There are two kinds (tokenizer.ggml.model): "gpt2", byte-level BPE, whose splitter
// has a name instead of a normalizer and a pre_tokenizer; and "llama", SentencePiece's BPE, which
// has scores instead of merges (scores.hpp).
#pragma once

#include "pack/gguf.hpp"
#include "train/gguf/writer.hpp"
#include "train/model/config.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <cstdint>

namespace aiops::train {

// tokenizer.ggml.token_type
enum class GgufTokenType : std::int32_t {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5,
  byte = 6
};

// The tokenizer that the file's tokenizer.ggml keys describe. Throws Error{failed} naming the file
// and what is not supported: other kinds, unknown splitters.
Tokenizer read_gguf_tokenizer(const pack::ByteSource& source, const pack::GgufHeader& header);

// The tokenizer.ggml keys for a tokenizer, filled up with unused tokens to the model's vocabulary.
// Throws Error{failed} naming what GGUF has no word for.
void put_tokenizer(GgufWriter& writer, const Tokenizer& tokenizer, const ModelConfig& config);

}  // namespace aiops::train
