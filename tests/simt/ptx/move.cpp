// SPDX-License-Identifier: Apache-2.0
// mov, which also packs registers and takes them apart; ld and st of 1, 2 or 4 elements in every
// space. What is narrower than its register is extended as its type says.
#include "tests/simt/ptx/addresses.hpp"
#include "tests/simt/ptx/table.hpp"
#include "tests/simt/runtime/machine.hpp"
#include "tests/simt/runtime/shadow.hpp"

#include <cstring>

namespace aiops::simt::ptx {
namespace {

using Rules = std::vector<Rule>;

template <typename T>
void move(Lane& lane, const Instruction& i) {
  lane.set(i, 0, lane.get<T>(i, 1));
}
void move_predicate(Lane& lane, const Instruction& i) {
  lane.slot(i, 0) = lane.predicate(i, 1) ? 1 : 0;
}

// {a, b} from one register of twice the width, or one register from {a, b}.
template <typename Part, int Count>
void move_parts(Lane& lane, const Instruction& i) {
  using Whole = UnsignedOf<sizeof(Part) * Count>;
  Whole whole = 0;
  if (i.begins_with_vector) {
    whole = lane.get<Whole>(i, Count);
    for (int k = 0; k < Count; ++k)
      lane.set(i, k, static_cast<Part>(whole >> (8 * sizeof(Part) * static_cast<std::size_t>(k))));
    return;
  }
  for (int k = Count; k > 0; --k)
    whole = static_cast<Whole>(whole << (8 * sizeof(Part)) | lane.get<Part>(i, k));
  lane.set(i, 0, whole);
}

// How an element of memory becomes a register.
template <typename T>
std::uint64_t widened(T value) {
  if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
    return static_cast<std::uint64_t>(std::int64_t{value});
  } else {
    return to_bits(value);
  }
}

template <typename T, int Count, Space Where>
void load(Lane& lane, const Instruction& i) {
  const char* from = address<Where>(lane, i, Count);
  if constexpr (Where == Space::generic || Where == Space::shared)
    check(from, sizeof(T) * Count, Access::read, nullptr);
  for (int k = 0; k < Count; ++k) {
    T value;
    std::memcpy(&value, from + sizeof(T) * static_cast<std::size_t>(k), sizeof value);
    lane.slot(i, k) = widened(value);
  }
}

template <typename T, int Count, Space Where>
void store(Lane& lane, const Instruction& i) {
  char* to = address<Where>(lane, i, 0);
  if constexpr (Where != Space::local) check(to, sizeof(T) * Count, Access::write, nullptr);
  for (int k = 0; k < Count; ++k) {
    const T value = lane.get<T>(i, 1 + k);
    std::memcpy(to + sizeof(T) * static_cast<std::size_t>(k), &value, sizeof value);
  }
}

template <typename T, int Count>
void add_memory(Rules& rules, const std::string& types) {
  const std::string volatility = "[{.volatile,.weak,.relaxed.gpu}]";
  const std::string load_hints = "[{.nc,.ca,.cg,.cs,.lu,.cv}][.L1::no_allocate][.L2::128B]";
  const std::string store_hints = "[{.wb,.cg,.cs,.wt}]";
  rules.push_back({"ld" + volatility + "[{.global,.const}]" + load_hints + types,
                   load<T, Count, Space::generic>, Count + 1});
  rules.push_back(
      {"ld" + volatility + ".shared[::cta]" + types, load<T, Count, Space::shared>, Count + 1});
  rules.push_back({"ld.local" + types, load<T, Count, Space::local>, Count + 1});
  rules.push_back({"ld.param" + types, load<T, Count, Space::parameter>, Count + 1});
  rules.push_back({"st" + volatility + "[.global]" + store_hints + types,
                   store<T, Count, Space::generic>, Count + 1});
  rules.push_back(
      {"st" + volatility + ".shared[::cta]" + types, store<T, Count, Space::shared>, Count + 1});
  rules.push_back({"st.local" + types, store<T, Count, Space::local>, Count + 1});
}

template <typename T>
void add_memory(Rules& rules, const std::string& types) {
  add_memory<T, 1>(rules, types);
  add_memory<T, 2>(rules, ".v2" + types);
  if constexpr (sizeof(T) <= 4) add_memory<T, 4>(rules, ".v4" + types);
}

Rules all_rules() {
  Rules rules{
      {"mov.pred", move_predicate, 2},
      {"mov.{b16,u16,s16}", move<std::uint16_t>, 2},
      {"mov.{b32,u32,s32,f32}", move<std::uint32_t>, 2},
      {"mov.{b64,u64,s64,f64}", move<std::uint64_t>, 2},
      {"mov.b32", move_parts<std::uint16_t, 2>, 3},
      {"mov.b64", move_parts<std::uint32_t, 2>, 3},
      {"mov.b64", move_parts<std::uint16_t, 4>, 5},
  };
  add_memory<std::uint8_t>(rules, ".{u8,b8}");
  add_memory<std::int8_t>(rules, ".s8");
  add_memory<std::uint16_t>(rules, ".{u16,b16}");
  add_memory<std::int16_t>(rules, ".s16");
  add_memory<std::uint32_t>(rules, ".{u32,b32,f32}");
  add_memory<std::int32_t>(rules, ".s32");
  add_memory<std::uint64_t>(rules, ".{u64,b64,s64,f64}");
  return rules;
}

}  // namespace

std::span<const Rule> move_rules() {
  static const Rules rules = all_rules();
  return rules;
}

}  // namespace aiops::simt::ptx
