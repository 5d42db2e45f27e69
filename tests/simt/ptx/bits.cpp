// SPDX-License-Identifier: Apache-2.0
// Bits: logic, shifts, fields, counts, permutations.
#include "tests/simt/ptx/table.hpp"

#include <algorithm>
#include <bit>

namespace aiops::simt::ptx {
namespace {

using S16 = std::int16_t;
using S32 = std::int32_t;
using S64 = std::int64_t;
using U8 = std::uint8_t;
using U16 = std::uint16_t;
using U32 = std::uint32_t;
using U64 = std::uint64_t;

struct And {
  static U64 of(U64 a, U64 b) { return a & b; }
};
struct Or {
  static U64 of(U64 a, U64 b) { return a | b; }
};
struct ExclusiveOr {
  static U64 of(U64 a, U64 b) { return a ^ b; }
};
template <typename Operation, typename T>
void logic(Lane& lane, const Instruction& i) {
  lane.set(i, 0, static_cast<T>(Operation::of(lane.get<T>(i, 1), lane.get<T>(i, 2))));
}
template <typename Operation>
void logic_of_predicates(Lane& lane, const Instruction& i) {
  lane.slot(i, 0) = Operation::of(lane.predicate(i, 1) ? 1 : 0, lane.predicate(i, 2) ? 1 : 0);
}
template <typename T>
void invert(Lane& lane, const Instruction& i) {
  lane.set(i, 0, static_cast<T>(~lane.get<T>(i, 1)));
}
void invert_predicate(Lane& lane, const Instruction& i) {
  lane.slot(i, 0) = lane.predicate(i, 1) ? 0 : 1;
}

// Shifts by more than the width give what shifting one by one would.
template <typename T>
void shift_left(Lane& lane, const Instruction& i) {
  const U32 n = lane.get<U32>(i, 2);
  lane.set(i, 0, n < 8 * sizeof(T) ? static_cast<T>(U64{lane.get<T>(i, 1)} << n) : T{0});
}
template <typename T>
void shift_right(Lane& lane, const Instruction& i) {
  constexpr U32 kBits = 8 * sizeof(T);
  const U32 n = lane.get<U32>(i, 2);
  const T a = lane.get<T>(i, 1);
  if constexpr (std::is_signed_v<T>) {
    lane.set(i, 0, static_cast<T>(a >> std::min(n, kBits - 1)));
  } else {
    lane.set(i, 0, n < kBits ? static_cast<T>(a >> n) : T{0});
  }
}

// 32 of the 64 bits that two registers make, `high` and `low`.
template <U32 (*Amount)(U32)>
void funnel_left(Lane& lane, const Instruction& i) {
  const U64 both = U64{lane.get<U32>(i, 2)} << 32U | lane.get<U32>(i, 1);
  lane.set(i, 0, static_cast<U32>(both << Amount(lane.get<U32>(i, 3)) >> 32U));
}
template <U32 (*Amount)(U32)>
void funnel_right(Lane& lane, const Instruction& i) {
  const U64 both = U64{lane.get<U32>(i, 2)} << 32U | lane.get<U32>(i, 1);
  lane.set(i, 0, static_cast<U32>(both >> Amount(lane.get<U32>(i, 3))));
}
U32 wrapped(U32 n) { return n & 31U; }
U32 clamped(U32 n) { return std::min(n, 32U); }

U64 ones(U32 count) { return count >= 64 ? ~U64{0} : (U64{1} << count) - 1; }

// The field of `length` bits from `begin` on; signed ones are extended by their last bit.
template <typename T>
void extract(Lane& lane, const Instruction& i) {
  constexpr U32 kBits = 8 * sizeof(T);
  const U32 begin = lane.get<U8>(i, 2);
  const U32 length = lane.get<U8>(i, 3);
  const auto a = static_cast<U64>(static_cast<UnsignedOf<sizeof(T)>>(lane.get<T>(i, 1)));
  U64 field = begin < kBits ? a >> begin & ones(length) : 0;
  if (std::is_signed_v<T> && length != 0) {
    const U32 last = std::min(begin + length - 1, kBits - 1);
    if ((a >> last & 1U) != 0) field |= ~ones(last >= begin ? last - begin + 1 : 0);
  }
  lane.set(i, 0, static_cast<T>(field));
}
template <typename T>
void insert(Lane& lane, const Instruction& i) {
  const U32 begin = lane.get<U8>(i, 3);
  const U64 mask = begin < 64 ? ones(lane.get<U8>(i, 4)) << begin : 0;
  const U64 field = begin < 64 ? U64{lane.get<T>(i, 1)} << begin : 0;
  lane.set(i, 0, static_cast<T>((lane.get<T>(i, 2) & ~mask) | (field & mask)));
}

template <typename T>
void count_ones(Lane& lane, const Instruction& i) {
  lane.set(i, 0, static_cast<U32>(std::popcount(lane.get<T>(i, 1))));
}
template <typename T>
void count_leading_zeros(Lane& lane, const Instruction& i) {
  lane.set(i, 0, static_cast<U32>(std::countl_zero(lane.get<T>(i, 1))));
}
template <typename T>
void reverse(Lane& lane, const Instruction& i) {
  const T a = lane.get<T>(i, 1);
  T result = 0;
  for (U32 bit = 0; bit < 8 * sizeof(T); ++bit)
    result = static_cast<T>(result << 1U | (a >> bit & 1U));
  lane.set(i, 0, result);
}
// Where the highest bit is that differs from the sign; all ones where none does.
template <typename T>
void find_highest(Lane& lane, const Instruction& i) {
  using Bits = UnsignedOf<sizeof(T)>;
  const T a = lane.get<T>(i, 1);
  const auto bits = static_cast<Bits>(a < T{0} ? ~a : a);
  lane.set(i, 0, static_cast<U32>(8 * static_cast<int>(sizeof(T)) - 1 - std::countl_zero(bits)));
}

// Four bytes of eight, each chosen by four bits of c, the last of which asks for its sign only.
void permute(Lane& lane, const Instruction& i) {
  const U64 bytes = U64{lane.get<U32>(i, 2)} << 32U | lane.get<U32>(i, 1);
  const U32 selectors = lane.get<U32>(i, 3);
  U32 result = 0;
  for (U32 k = 0; k < 4; ++k) {
    const U32 selector = selectors >> (4 * k) & 15U;
    U32 byte = static_cast<U32>(bytes >> (8 * (selector & 7U))) & 255U;
    if ((selector & 8U) != 0) byte = (byte & 128U) != 0 ? 255U : 0U;
    result |= byte << (8 * k);
  }
  lane.set(i, 0, result);
}

// Any function of three bits, given by its table.
void lookup3(Lane& lane, const Instruction& i) {
  const U32 a = lane.get<U32>(i, 1);
  const U32 b = lane.get<U32>(i, 2);
  const U32 c = lane.get<U32>(i, 3);
  const U32 table = lane.get<U32>(i, 4);
  U32 result = 0;
  for (U32 bit = 0; bit < 32; ++bit) {
    const U32 row = (a >> bit & 1U) << 2U | (b >> bit & 1U) << 1U | (c >> bit & 1U);
    result |= (table >> row & 1U) << bit;
  }
  lane.set(i, 0, result);
}

const Rule kRules[] = {
    {"and.b16", logic<And, U16>, 3},
    {"and.b32", logic<And, U32>, 3},
    {"and.b64", logic<And, U64>, 3},
    {"and.pred", logic_of_predicates<And>, 3},
    {"or.b16", logic<Or, U16>, 3},
    {"or.b32", logic<Or, U32>, 3},
    {"or.b64", logic<Or, U64>, 3},
    {"or.pred", logic_of_predicates<Or>, 3},
    {"xor.b16", logic<ExclusiveOr, U16>, 3},
    {"xor.b32", logic<ExclusiveOr, U32>, 3},
    {"xor.b64", logic<ExclusiveOr, U64>, 3},
    {"xor.pred", logic_of_predicates<ExclusiveOr>, 3},
    {"not.b16", invert<U16>, 2},
    {"not.b32", invert<U32>, 2},
    {"not.b64", invert<U64>, 2},
    {"not.pred", invert_predicate, 2},
    {"shl.b16", shift_left<U16>, 3},
    {"shl.b32", shift_left<U32>, 3},
    {"shl.b64", shift_left<U64>, 3},
    {"shr.s16", shift_right<S16>, 3},
    {"shr.s32", shift_right<S32>, 3},
    {"shr.s64", shift_right<S64>, 3},
    {"shr.{u16,b16}", shift_right<U16>, 3},
    {"shr.{u32,b32}", shift_right<U32>, 3},
    {"shr.{u64,b64}", shift_right<U64>, 3},
    {"shf.l.wrap.b32", funnel_left<wrapped>, 4},
    {"shf.l.clamp.b32", funnel_left<clamped>, 4},
    {"shf.r.wrap.b32", funnel_right<wrapped>, 4},
    {"shf.r.clamp.b32", funnel_right<clamped>, 4},
    {"bfe.u32", extract<U32>, 4},
    {"bfe.u64", extract<U64>, 4},
    {"bfe.s32", extract<S32>, 4},
    {"bfe.s64", extract<S64>, 4},
    {"bfi.b32", insert<U32>, 5},
    {"bfi.b64", insert<U64>, 5},
    {"popc.b32", count_ones<U32>, 2},
    {"popc.b64", count_ones<U64>, 2},
    {"clz.b32", count_leading_zeros<U32>, 2},
    {"clz.b64", count_leading_zeros<U64>, 2},
    {"brev.b32", reverse<U32>, 2},
    {"brev.b64", reverse<U64>, 2},
    {"bfind.u32", find_highest<U32>, 2},
    {"bfind.u64", find_highest<U64>, 2},
    {"bfind.s32", find_highest<S32>, 2},
    {"bfind.s64", find_highest<S64>, 2},
    {"prmt.b32", permute, 4},
    {"lop3.b32", lookup3, 5},
};

}  // namespace

std::span<const Rule> bit_rules() { return kRules; }

}  // namespace aiops::simt::ptx
