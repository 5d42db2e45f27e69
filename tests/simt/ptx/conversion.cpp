// SPDX-License-Identifier: Apache-2.0
// cvt between widths, between integers and floats, and within floats; cvta between address spaces.
#include "kernels/cuda/layer/bfloat16.cuh"
#include "tests/simt/ptx/float.hpp"
#include "tests/simt/ptx/table.hpp"
#include "tests/simt/runtime/shared_memory.hpp"

#include <limits>

namespace aiops::simt::ptx {
namespace {

using kernels::cuda::BFloat16;
using kernels::cuda::to_bfloat16;
using kernels::cuda::to_float;
using Rules = std::vector<Rule>;

template <typename To, typename From>
void convert(Lane& lane, const Instruction& i) {
  lane.set(i, 0, static_cast<To>(lane.get<From>(i, 1)));
}

// Rounds to a whole number.
double to_nearest(double x) { return std::nearbyint(x); }
double towards_zero(double x) { return std::trunc(x); }
double down(double x) { return std::floor(x); }
double up(double x) { return std::ceil(x); }

// What lies beyond the integer becomes its last value; a NaN becomes 0.
template <typename To, typename From, double (*Round)(double)>
void to_integer(Lane& lane, const Instruction& i) {
  const double x = Round(static_cast<double>(lane.get<From>(i, 1)));
  To result = 0;
  if (x >= std::ldexp(1.0, std::numeric_limits<To>::digits)) {
    result = std::numeric_limits<To>::max();
  } else if (x < static_cast<double>(std::numeric_limits<To>::min())) {
    result = std::numeric_limits<To>::min();
  } else if (x == x) {
    result = static_cast<To>(x);
  }
  lane.set(i, 0, result);
}
template <double (*Round)(double)>
void to_whole_float(Lane& lane, const Instruction& i) {
  lane.set(i, 0, static_cast<float>(Round(static_cast<double>(lane.get<float>(i, 1)))));
}

void saturate(Lane& lane, const Instruction& i) {
  lane.set(i, 0, saturated(lane.get<float>(i, 1)));
}
void flush(Lane& lane, const Instruction& i) { lane.set(i, 0, flushed(lane.get<float>(i, 1))); }

void from_bfloat16(Lane& lane, const Instruction& i) {
  lane.set(i, 0, to_float(lane.get<BFloat16>(i, 1)));
}
void into_bfloat16(Lane& lane, const Instruction& i) {
  lane.set(i, 0, to_bfloat16(lane.get<float>(i, 1)));
}
void into_two_bfloat16(Lane& lane, const Instruction& i) {
  lane.set(i, 0, kernels::cuda::pack_bfloat16(lane.get<float>(i, 2), lane.get<float>(i, 1)));
}
// To 10 bits of mantissa, ties away from zero.
void into_tf32(Lane& lane, const Instruction& i) {
  const auto bits = lane.get<std::uint32_t>(i, 1);
  const bool finite = (bits & 0x7F800000U) != 0x7F800000U;
  lane.set(i, 0, finite ? (bits + 0x1000U) & 0xFFFFE000U : bits);
}

// Shared memory has addresses of its own; in all other spaces they are what they are.
void same_address(Lane& lane, const Instruction& i) {
  lane.slot(i, 0) = lane.get<std::uint64_t>(i, 1);
}
std::uint64_t shared_base() { return reinterpret_cast<std::uintptr_t>(shared_memory()); }
void from_shared(Lane& lane, const Instruction& i) {
  lane.slot(i, 0) = lane.get<std::uint64_t>(i, 1) + shared_base();
}
void to_shared(Lane& lane, const Instruction& i) {
  lane.slot(i, 0) = lane.get<std::uint64_t>(i, 1) - shared_base();
}

// From every integer to one.
template <typename To>
void add_integers(Rules& rules, const std::string& to) {
  rules.push_back({"cvt." + to + ".u8", convert<To, std::uint8_t>, 2});
  rules.push_back({"cvt." + to + ".s8", convert<To, std::int8_t>, 2});
  rules.push_back({"cvt." + to + ".u16", convert<To, std::uint16_t>, 2});
  rules.push_back({"cvt." + to + ".s16", convert<To, std::int16_t>, 2});
  rules.push_back({"cvt." + to + ".u32", convert<To, std::uint32_t>, 2});
  rules.push_back({"cvt." + to + ".s32", convert<To, std::int32_t>, 2});
  rules.push_back({"cvt." + to + ".u64", convert<To, std::uint64_t>, 2});
  rules.push_back({"cvt." + to + ".s64", convert<To, std::int64_t>, 2});
}

template <typename To, typename From>
void add_to_integer(Rules& rules, const std::string& to, const std::string& from) {
  rules.push_back({"cvt.rni." + to + "." + from, to_integer<To, From, to_nearest>, 2});
  rules.push_back({"cvt.rzi." + to + "." + from, to_integer<To, From, towards_zero>, 2});
  rules.push_back({"cvt.rmi." + to + "." + from, to_integer<To, From, down>, 2});
  rules.push_back({"cvt.rpi." + to + "." + from, to_integer<To, From, up>, 2});
}

template <typename To>
void add_to_integer(Rules& rules, const std::string& to) {
  add_to_integer<To, float>(rules, to, "f32");
  add_to_integer<To, double>(rules, to, "f64");
}

Rules all_rules() {
  Rules rules{
      {"cvt.f64.f32", convert<double, float>, 2},
      {"cvt.rn.f32.f64", convert<float, double>, 2},
      {"cvt.sat.f32.f32", saturate, 2},
      {"cvt.ftz.f32.f32", flush, 2},
      {"cvt.rni.f32.f32", to_whole_float<to_nearest>, 2},
      {"cvt.rzi.f32.f32", to_whole_float<towards_zero>, 2},
      {"cvt.rmi.f32.f32", to_whole_float<down>, 2},
      {"cvt.rpi.f32.f32", to_whole_float<up>, 2},
      {"cvt.f32.bf16", from_bfloat16, 2},
      {"cvt.rn.bf16.f32", into_bfloat16, 2},
      {"cvt.rn.bf16x2.f32", into_two_bfloat16, 3},
      {"cvt.rna.tf32.f32", into_tf32, 2},
      {"cvta[.to].{global,local,const}.u64", same_address, 2},
      {"cvta.shared.u64", from_shared, 2},
      {"cvta.to.shared.u64", to_shared, 2},
  };
  add_integers<std::uint8_t>(rules, "u8");
  add_integers<std::int8_t>(rules, "s8");
  add_integers<std::uint16_t>(rules, "u16");
  add_integers<std::int16_t>(rules, "s16");
  add_integers<std::uint32_t>(rules, "u32");
  add_integers<std::int32_t>(rules, "s32");
  add_integers<std::uint64_t>(rules, "u64");
  add_integers<std::int64_t>(rules, "s64");
  add_integers<float>(rules, "rn.f32");
  add_integers<double>(rules, "rn.f64");
  add_to_integer<std::int32_t>(rules, "s32");
  add_to_integer<std::uint32_t>(rules, "u32");
  add_to_integer<std::int64_t>(rules, "s64");
  add_to_integer<std::uint64_t>(rules, "u64");
  return rules;
}

}  // namespace

std::span<const Rule> conversion_rules() {
  static const Rules rules = all_rules();
  return rules;
}

}  // namespace aiops::simt::ptx
