// SPDX-License-Identifier: Apache-2.0
// Everything that the executor knows of PTX's instructions: the whole mnemonic, with types and
// modifiers, and what it means. add.f16, mad.hi or a .sat that no rule names are refused; nothing
// is executed as its neighbour. In a pattern {a,b} is one of these and [x] may be left out.
#pragma once

#include "tests/simt/ptx/instruction.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::simt::ptx {

struct Rule {
  std::string pattern;
  Semantics run;
  int operands;
};

std::span<const Rule> integer_rules();     // add, mul, mad, min, …
std::span<const Rule> bit_rules();         // and, shl, bfe, prmt, …
std::span<const Rule> float_rules();       // add.f32, fma, …
std::span<const Rule> bfloat_rules();      // add.bf16, …
std::span<const Rule> function_rules();    // ex2, rcp, sqrt, …
std::span<const Rule> comparison_rules();  // setp, selp
std::span<const Rule> conversion_rules();  // cvt, cvta
std::span<const Rule> move_rules();        // mov, ld, st
std::span<const Rule> atomic_rules();      // atom, red
std::span<const Rule> control_rules();     // bra, bar, shfl, vote
std::span<const Rule> tensor_rules();      // mma, ldmatrix, cp.async

// Every mnemonic that a pattern stands for.
std::vector<std::string> expand(std::string_view pattern);

}  // namespace aiops::simt::ptx
