// SPDX-License-Identifier: Apache-2.0
#include "commands/tokenizer.hpp"

namespace aiops::commands {

Verb tokenizer_verb() {
  return {.name = "tokenizer",
          .summary = "Learn and use tokenizers",
          .description =
              "BPE tokenizers: learnt from text, or those of models, as Hugging Face's "
              "tokenizer.json or inside a GGUF file.",
          .verbs = {tokenizer_train_part(), tokenizer_encode_part(), tokenizer_decode_part()}};
}

}  // namespace aiops::commands
