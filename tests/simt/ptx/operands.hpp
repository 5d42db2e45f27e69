// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simt/ptx/module.hpp"
#include "tests/simt/ptx/tokens.hpp"

#include <span>

namespace aiops::simt::ptx {

// 12, 0x1F, 0f3F800000 (the bits of a float), 0d….
std::uint64_t number_of(std::string_view word);

// The operands of an instruction, flattened: the elements of {…} and the halves of a|b follow each
// other. Names get their slots.
void parse_operands(std::span<const Token> tokens, const Module& module, Function& function,
                    Instruction& instruction);

}  // namespace aiops::simt::ptx
