// SPDX-License-Identifier: Apache-2.0
// atom, which gives the old value back, and red, which does not.
#include "tests/simt/ptx/addresses.hpp"
#include "tests/simt/ptx/table.hpp"
#include "tests/simt/runtime/machine.hpp"

#include <algorithm>
#include <cstring>

namespace aiops::simt::ptx {
namespace {

using Rules = std::vector<Rule>;

struct Add {
  template <typename T>
  static T of(T old, T value) {
    return static_cast<T>(old + value);
  }
};
struct Minimum {
  template <typename T>
  static T of(T old, T value) {
    return std::min(old, value);
  }
};
struct Maximum {
  template <typename T>
  static T of(T old, T value) {
    return std::max(old, value);
  }
};
struct And {
  template <typename T>
  static T of(T old, T value) {
    return old & value;
  }
};
struct Or {
  template <typename T>
  static T of(T old, T value) {
    return old | value;
  }
};
struct Exchange {
  template <typename T>
  static T of(T, T value) {
    return value;
  }
};

template <typename T, typename Update>
T atomically(char* at, const Update& update) {
  begin_atomic(at, sizeof(T));
  T old;
  std::memcpy(&old, at, sizeof old);
  const T value = update(old);
  std::memcpy(at, &value, sizeof value);
  return old;
}

template <typename T, typename Operation, Space Where>
void atomic(Lane& lane, const Instruction& i) {
  const T value = lane.get<T>(i, 2);
  lane.set(i, 0, atomically<T>(address<Where>(lane, i, 1), [&](T old) {
             return Operation::of(old, value);
           }));
}
template <typename T, typename Operation, Space Where>
void reduce(Lane& lane, const Instruction& i) {
  const T value = lane.get<T>(i, 1);
  atomically<T>(address<Where>(lane, i, 0), [&](T old) { return Operation::of(old, value); });
}
template <typename T, Space Where>
void compare_and_swap(Lane& lane, const Instruction& i) {
  const T expected = lane.get<T>(i, 2);
  const T value = lane.get<T>(i, 3);
  lane.set(i, 0, atomically<T>(address<Where>(lane, i, 1), [&](T old) {
             return old == expected ? value : old;
           }));
}

std::string prefix(const char* opcode, Space where) {
  return std::string(opcode) + "[.relaxed][.gpu]" +
         (where == Space::shared ? ".shared[::cta]" : "[.global]");
}

template <typename T, typename Operation, Space Where>
void add(Rules& rules, const std::string& suffix) {
  rules.push_back({prefix("atom", Where) + suffix, atomic<T, Operation, Where>, 3});
  rules.push_back({prefix("red", Where) + suffix, reduce<T, Operation, Where>, 2});
}

template <Space Where>
void add_space(Rules& rules) {
  add<float, Add, Where>(rules, ".add.f32");
  add<double, Add, Where>(rules, ".add.f64");
  add<std::uint32_t, Add, Where>(rules, ".add.{u32,s32}");
  add<std::uint64_t, Add, Where>(rules, ".add.{u64,s64}");
  add<std::int32_t, Minimum, Where>(rules, ".min.s32");
  add<std::uint32_t, Minimum, Where>(rules, ".min.u32");
  add<std::int32_t, Maximum, Where>(rules, ".max.s32");
  add<std::uint32_t, Maximum, Where>(rules, ".max.u32");
  add<std::int64_t, Maximum, Where>(rules, ".max.s64");
  add<std::uint64_t, Maximum, Where>(rules, ".max.u64");
  add<std::uint32_t, And, Where>(rules, ".and.b32");
  add<std::uint32_t, Or, Where>(rules, ".or.b32");
  rules.push_back({prefix("atom", Where) + ".exch.b32", atomic<std::uint32_t, Exchange, Where>, 3});
  rules.push_back({prefix("atom", Where) + ".exch.b64", atomic<std::uint64_t, Exchange, Where>, 3});
  rules.push_back({prefix("atom", Where) + ".cas.b32", compare_and_swap<std::uint32_t, Where>, 4});
  rules.push_back({prefix("atom", Where) + ".cas.b64", compare_and_swap<std::uint64_t, Where>, 4});
}

Rules all_rules() {
  Rules rules;
  add_space<Space::generic>(rules);
  add_space<Space::shared>(rules);
  return rules;
}

}  // namespace

std::span<const Rule> atomic_rules() {
  static const Rules rules = all_rules();
  return rules;
}

}  // namespace aiops::simt::ptx
