// SPDX-License-Identifier: Apache-2.0
// The vocabulary inside a GGUF file is what a tokenizer.json says with other words: one becomes the
// other here.
#pragma once

#include "pack/gguf.hpp"
#include "train/gguf/writer.hpp"
#include "train/model/config.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <string>

namespace aiops::train {

// The tokenizer.json that stands for the file's tokenizer.ggml keys. Throws Error{failed} naming
// the file and what is not supported: models other than byte-level BPE, unknown splitters.
std::string tokenizer_json_of_gguf(const pack::ByteSource& source, const pack::GgufHeader& header);

// The tokenizer.ggml keys for a tokenizer, filled up with unused tokens to the model's vocabulary.
// Throws Error{failed} naming what GGUF has no word for.
void put_tokenizer(GgufWriter& writer, const Tokenizer& tokenizer, const ModelConfig& config);

}  // namespace aiops::train
