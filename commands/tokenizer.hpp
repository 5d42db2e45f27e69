// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verb.hpp"

namespace aiops::commands {

Verb tokenizer_verb();

Verb tokenizer_train_part();
Verb tokenizer_encode_part();
Verb tokenizer_decode_part();

}  // namespace aiops::commands
