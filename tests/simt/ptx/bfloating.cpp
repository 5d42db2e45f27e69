// SPDX-License-Identifier: Apache-2.0
// Arithmetic of bfloat16, one or two in a register: worked out in float, rounded once. (A float
// holds every product and every sum of two of them that rounding to 8 bits can tell from the exact
// one; fma is rounded once in double.)
#include "kernels/cuda/layer/bfloat16.cuh"
#include "tests/simt/ptx/table.hpp"

#include <cmath>

namespace aiops::simt::ptx {
namespace {

using kernels::cuda::BFloat16;
using kernels::cuda::to_bfloat16;
using kernels::cuda::to_float;

struct Pair {
  BFloat16 low, high;
};

// From a double, once: to odd in float, then to nearest.
BFloat16 rounded(double exact) {
  auto x = static_cast<float>(exact);
  const bool inexact = static_cast<double>(x) != exact && x == x;
  if (inexact && (std::bit_cast<std::uint32_t>(x) & 1U) == 0) {
    const bool larger = std::fabs(static_cast<double>(x)) < std::fabs(exact);
    x = std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) + (larger ? 1U : ~0U));
  }
  return to_bfloat16(x);
}

double value(BFloat16 x) { return static_cast<double>(to_float(x)); }

struct Add {
  static BFloat16 of(BFloat16 a, BFloat16 b) { return rounded(value(a) + value(b)); }
};
struct Subtract {
  static BFloat16 of(BFloat16 a, BFloat16 b) { return rounded(value(a) - value(b)); }
};
struct Multiply {
  static BFloat16 of(BFloat16 a, BFloat16 b) { return rounded(value(a) * value(b)); }
};
struct Minimum {
  static BFloat16 of(BFloat16 a, BFloat16 b) { return rounded(std::fmin(value(a), value(b))); }
};
struct Maximum {
  static BFloat16 of(BFloat16 a, BFloat16 b) { return rounded(std::fmax(value(a), value(b))); }
};
struct Negate {
  static BFloat16 of(BFloat16 a) { return {static_cast<std::uint16_t>(a.bits ^ 0x8000U)}; }
};
struct Absolute {
  static BFloat16 of(BFloat16 a) { return {static_cast<std::uint16_t>(a.bits & 0x7FFFU)}; }
};
BFloat16 fused(BFloat16 a, BFloat16 b, BFloat16 c) {
  return rounded(std::fma(value(a), value(b), value(c)));
}

template <typename Operation>
void unary(Lane& lane, const Instruction& i) {
  lane.set(i, 0, Operation::of(lane.get<BFloat16>(i, 1)));
}
template <typename Operation>
void unary2(Lane& lane, const Instruction& i) {
  const Pair a = lane.get<Pair>(i, 1);
  lane.set(i, 0, Pair{Operation::of(a.low), Operation::of(a.high)});
}
template <typename Operation>
void binary(Lane& lane, const Instruction& i) {
  lane.set(i, 0, Operation::of(lane.get<BFloat16>(i, 1), lane.get<BFloat16>(i, 2)));
}
template <typename Operation>
void binary2(Lane& lane, const Instruction& i) {
  const Pair a = lane.get<Pair>(i, 1);
  const Pair b = lane.get<Pair>(i, 2);
  lane.set(i, 0, Pair{Operation::of(a.low, b.low), Operation::of(a.high, b.high)});
}
void multiply_add(Lane& lane, const Instruction& i) {
  lane.set(i, 0,
           fused(lane.get<BFloat16>(i, 1), lane.get<BFloat16>(i, 2), lane.get<BFloat16>(i, 3)));
}
void multiply_add2(Lane& lane, const Instruction& i) {
  const Pair a = lane.get<Pair>(i, 1);
  const Pair b = lane.get<Pair>(i, 2);
  const Pair c = lane.get<Pair>(i, 3);
  lane.set(i, 0, Pair{fused(a.low, b.low, c.low), fused(a.high, b.high, c.high)});
}

const Rule kRules[] = {
    {"add[.rn].bf16", binary<Add>, 3},      {"add[.rn].bf16x2", binary2<Add>, 3},
    {"sub[.rn].bf16", binary<Subtract>, 3}, {"sub[.rn].bf16x2", binary2<Subtract>, 3},
    {"mul[.rn].bf16", binary<Multiply>, 3}, {"mul[.rn].bf16x2", binary2<Multiply>, 3},
    {"min.bf16", binary<Minimum>, 3},       {"min.bf16x2", binary2<Minimum>, 3},
    {"max.bf16", binary<Maximum>, 3},       {"max.bf16x2", binary2<Maximum>, 3},
    {"neg.bf16", unary<Negate>, 2},         {"neg.bf16x2", unary2<Negate>, 2},
    {"abs.bf16", unary<Absolute>, 2},       {"abs.bf16x2", unary2<Absolute>, 2},
    {"fma.rn.bf16", multiply_add, 4},       {"fma.rn.bf16x2", multiply_add2, 4},
};

}  // namespace

std::span<const Rule> bfloat_rules() { return kRules; }

}  // namespace aiops::simt::ptx
