// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "commands/tokenizer_encode.hpp"
#include "commands/tokenizer_source.hpp"

namespace aiops::commands {

// Shows conversations, a line of JSON each, as the tokens that training makes of them.
void encode_conversations(const TokenizerEncodeOptions& options, const TokenizerSource& source,
                          Context& context);

}  // namespace aiops::commands
