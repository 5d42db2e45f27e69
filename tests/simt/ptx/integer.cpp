// SPDX-License-Identifier: Apache-2.0
// Whole numbers. They wrap, as in C++ unsigned ones do.
#include "tests/simt/ptx/table.hpp"
#include "tests/simt/runtime/report.hpp"

#include <algorithm>
#include <limits>

namespace aiops::simt::ptx {
namespace {

template <typename T>
using Unsigned = std::make_unsigned_t<T>;

template <typename T>
struct Add {
  static T of(T a, T b) { return static_cast<T>(Unsigned<T>(a) + Unsigned<T>(b)); }
};
template <typename T>
struct Subtract {
  static T of(T a, T b) { return static_cast<T>(Unsigned<T>(a) - Unsigned<T>(b)); }
};
template <typename T>
struct Multiply {
  static T of(T a, T b) { return static_cast<T>(std::uint64_t(a) * std::uint64_t(b)); }
};
template <typename T>
struct MultiplyHigh {
  using Wide = std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>;
  static T of(T a, T b) { return static_cast<T>(Wide{a} * Wide{b} >> (8 * sizeof(T))); }
};
template <typename T>
struct Minimum {
  static T of(T a, T b) { return std::min(a, b); }
};
template <typename T>
struct Maximum {
  static T of(T a, T b) { return std::max(a, b); }
};
// PTX leaves a division by zero open.
template <typename T>
bool divides(T a, T b) {
  const bool overflows =
      std::is_signed_v<T> && a == std::numeric_limits<T>::min() && b == static_cast<T>(-1);
  if (b == 0) report(Fault::undefined, "a division by zero");
  return b != 0 && !overflows;
}
template <typename T>
struct Divide {
  static T of(T a, T b) { return divides(a, b) ? static_cast<T>(a / b) : a; }
};
template <typename T>
struct Remainder {
  static T of(T a, T b) { return divides(a, b) ? static_cast<T>(a % b) : T{0}; }
};

template <template <typename> typename Operation, typename T>
void binary(Lane& lane, const Instruction& i) {
  lane.set(i, 0, Operation<T>::of(lane.get<T>(i, 1), lane.get<T>(i, 2)));
}

template <template <typename> typename Product, typename T>
void multiply_add(Lane& lane, const Instruction& i) {
  const T product = Product<T>::of(lane.get<T>(i, 1), lane.get<T>(i, 2));
  lane.set(i, 0, Add<T>::of(product, lane.get<T>(i, 3)));
}

// Products of twice the width.
template <typename T, typename Wide>
void multiply_wide(Lane& lane, const Instruction& i) {
  lane.set(i, 0, static_cast<Wide>(Wide{lane.get<T>(i, 1)} * Wide{lane.get<T>(i, 2)}));
}
template <typename T, typename Wide>
void multiply_add_wide(Lane& lane, const Instruction& i) {
  const Wide product = static_cast<Wide>(Wide{lane.get<T>(i, 1)} * Wide{lane.get<T>(i, 2)});
  lane.set(i, 0, Add<Wide>::of(product, lane.get<Wide>(i, 3)));
}

template <typename T>
void negate(Lane& lane, const Instruction& i) {
  lane.set(i, 0, Subtract<T>::of(0, lane.get<T>(i, 1)));
}
template <typename T>
void absolute(Lane& lane, const Instruction& i) {
  const T a = lane.get<T>(i, 1);
  lane.set(i, 0, a < 0 ? Subtract<T>::of(0, a) : a);
}

using S16 = std::int16_t;
using S32 = std::int32_t;
using S64 = std::int64_t;
using U16 = std::uint16_t;
using U32 = std::uint32_t;
using U64 = std::uint64_t;

const Rule kRules[] = {
    {"add.{s16,u16}", binary<Add, U16>, 3},
    {"add.{s32,u32}", binary<Add, U32>, 3},
    {"add.{s64,u64}", binary<Add, U64>, 3},
    {"sub.{s16,u16}", binary<Subtract, U16>, 3},
    {"sub.{s32,u32}", binary<Subtract, U32>, 3},
    {"sub.{s64,u64}", binary<Subtract, U64>, 3},
    {"mul.lo.{s16,u16}", binary<Multiply, U16>, 3},
    {"mul.lo.{s32,u32}", binary<Multiply, U32>, 3},
    {"mul.lo.{s64,u64}", binary<Multiply, U64>, 3},
    {"mul.hi.s32", binary<MultiplyHigh, S32>, 3},
    {"mul.hi.u32", binary<MultiplyHigh, U32>, 3},
    {"mul.hi.s64", binary<MultiplyHigh, S64>, 3},
    {"mul.hi.u64", binary<MultiplyHigh, U64>, 3},
    {"mul.wide.s16", multiply_wide<S16, S32>, 3},
    {"mul.wide.u16", multiply_wide<U16, U32>, 3},
    {"mul.wide.s32", multiply_wide<S32, S64>, 3},
    {"mul.wide.u32", multiply_wide<U32, U64>, 3},
    {"mad.lo.{s16,u16}", multiply_add<Multiply, U16>, 4},
    {"mad.lo.{s32,u32}", multiply_add<Multiply, U32>, 4},
    {"mad.lo.{s64,u64}", multiply_add<Multiply, U64>, 4},
    {"mad.hi.s32", multiply_add<MultiplyHigh, S32>, 4},
    {"mad.hi.u32", multiply_add<MultiplyHigh, U32>, 4},
    {"mad.wide.s16", multiply_add_wide<S16, S32>, 4},
    {"mad.wide.u16", multiply_add_wide<U16, U32>, 4},
    {"mad.wide.s32", multiply_add_wide<S32, S64>, 4},
    {"mad.wide.u32", multiply_add_wide<U32, U64>, 4},
    {"div.s16", binary<Divide, S16>, 3},
    {"div.u16", binary<Divide, U16>, 3},
    {"div.s32", binary<Divide, S32>, 3},
    {"div.u32", binary<Divide, U32>, 3},
    {"div.s64", binary<Divide, S64>, 3},
    {"div.u64", binary<Divide, U64>, 3},
    {"rem.s16", binary<Remainder, S16>, 3},
    {"rem.u16", binary<Remainder, U16>, 3},
    {"rem.s32", binary<Remainder, S32>, 3},
    {"rem.u32", binary<Remainder, U32>, 3},
    {"rem.s64", binary<Remainder, S64>, 3},
    {"rem.u64", binary<Remainder, U64>, 3},
    {"min.s16", binary<Minimum, S16>, 3},
    {"min.u16", binary<Minimum, U16>, 3},
    {"min.s32", binary<Minimum, S32>, 3},
    {"min.u32", binary<Minimum, U32>, 3},
    {"min.s64", binary<Minimum, S64>, 3},
    {"min.u64", binary<Minimum, U64>, 3},
    {"max.s16", binary<Maximum, S16>, 3},
    {"max.u16", binary<Maximum, U16>, 3},
    {"max.s32", binary<Maximum, S32>, 3},
    {"max.u32", binary<Maximum, U32>, 3},
    {"max.s64", binary<Maximum, S64>, 3},
    {"max.u64", binary<Maximum, U64>, 3},
    {"neg.s16", negate<S16>, 2},
    {"neg.s32", negate<S32>, 2},
    {"neg.s64", negate<S64>, 2},
    {"abs.s16", absolute<S16>, 2},
    {"abs.s32", absolute<S32>, 2},
    {"abs.s64", absolute<S64>, 2},
};

}  // namespace

std::span<const Rule> integer_rules() { return kRules; }

}  // namespace aiops::simt::ptx
