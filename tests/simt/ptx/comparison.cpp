// SPDX-License-Identifier: Apache-2.0
// setp: compare, perhaps combine with a predicate. selp: choose. Comparisons of floats are false
// for NaNs; those that end in u are true. Unsigned ones have names of their own.
#include "tests/simt/ptx/float.hpp"
#include "tests/simt/ptx/table.hpp"

#include <functional>

namespace aiops::simt::ptx {
namespace {

template <typename T>
bool is_nan(T x) {
  return x != x;
}

template <typename Relation>
struct OrUnordered {
  template <typename T>
  bool operator()(T a, T b) const {
    return is_nan(a) || is_nan(b) || Relation{}(a, b);
  }
};
struct Different {  // not equal, and numbers
  template <typename T>
  bool operator()(T a, T b) const {
    return !is_nan(a) && !is_nan(b) && a != b;
  }
};
struct Numbers {
  template <typename T>
  bool operator()(T a, T b) const {
    return !is_nan(a) && !is_nan(b);
  }
};
struct NotNumbers {
  template <typename T>
  bool operator()(T a, T b) const {
    return is_nan(a) || is_nan(b);
  }
};

// Nothing, or what the fourth operand adds.
struct Alone {
  static bool of(Lane&, const Instruction&, bool result) { return result; }
};
struct AndPredicate {
  static bool of(Lane& lane, const Instruction& i, bool result) {
    return result && lane.predicate(i, 3);
  }
};
struct OrPredicate {
  static bool of(Lane& lane, const Instruction& i, bool result) {
    return result || lane.predicate(i, 3);
  }
};

template <typename T, typename Relation, typename Combine>
void compare(Lane& lane, const Instruction& i) {
  const bool result = Relation{}(lane.get<T>(i, 1), lane.get<T>(i, 2));
  lane.slot(i, 0) = Combine::of(lane, i, result) ? 1 : 0;
}

template <typename Relation>
struct Flushed {
  bool operator()(float a, float b) const { return Relation{}(flushed(a), flushed(b)); }
};

template <typename T>
void select(Lane& lane, const Instruction& i) {
  lane.set(i, 0, lane.predicate(i, 3) ? lane.get<T>(i, 1) : lane.get<T>(i, 2));
}

using S16 = std::int16_t;
using S32 = std::int32_t;
using S64 = std::int64_t;
using U16 = std::uint16_t;
using U32 = std::uint32_t;
using U64 = std::uint64_t;

using Rules = std::vector<Rule>;

// One relation: alone, with .and, with .or.
template <typename T, typename Relation>
void add(Rules& rules, const std::string& relation, const std::string& type) {
  rules.push_back({"setp." + relation + "." + type, compare<T, Relation, Alone>, 3});
  rules.push_back({"setp." + relation + ".and." + type, compare<T, Relation, AndPredicate>, 4});
  rules.push_back({"setp." + relation + ".or." + type, compare<T, Relation, OrPredicate>, 4});
}

template <typename T>
void add_equality(Rules& rules, const std::string& types) {
  add<T, std::equal_to<>>(rules, "eq", types);
  add<T, std::not_equal_to<>>(rules, "ne", types);
}

template <typename T>
void add_order(Rules& rules, const std::string& type) {
  add<T, std::less<>>(rules, std::is_signed_v<T> ? "lt" : "{lt,lo}", type);
  add<T, std::less_equal<>>(rules, std::is_signed_v<T> ? "le" : "{le,ls}", type);
  add<T, std::greater<>>(rules, std::is_signed_v<T> ? "gt" : "{gt,hi}", type);
  add<T, std::greater_equal<>>(rules, std::is_signed_v<T> ? "ge" : "{ge,hs}", type);
}

template <typename T, template <typename> typename As>
void add_floats(Rules& rules, const std::string& type) {
  add<T, As<std::equal_to<>>>(rules, "eq", type);
  add<T, As<Different>>(rules, "ne", type);
  add<T, As<std::less<>>>(rules, "lt", type);
  add<T, As<std::less_equal<>>>(rules, "le", type);
  add<T, As<std::greater<>>>(rules, "gt", type);
  add<T, As<std::greater_equal<>>>(rules, "ge", type);
  add<T, As<OrUnordered<std::equal_to<>>>>(rules, "equ", type);
  add<T, As<std::not_equal_to<>>>(rules, "neu", type);
  add<T, As<OrUnordered<std::less<>>>>(rules, "ltu", type);
  add<T, As<OrUnordered<std::less_equal<>>>>(rules, "leu", type);
  add<T, As<OrUnordered<std::greater<>>>>(rules, "gtu", type);
  add<T, As<OrUnordered<std::greater_equal<>>>>(rules, "geu", type);
  add<T, As<Numbers>>(rules, "num", type);
  add<T, As<NotNumbers>>(rules, "nan", type);
}

template <typename Relation>
using Plain = Relation;

Rules all_rules() {
  Rules rules{{"selp.{s16,u16,b16}", select<std::uint16_t>, 4},
              {"selp.{s32,u32,b32,f32}", select<std::uint32_t>, 4},
              {"selp.{s64,u64,b64,f64}", select<std::uint64_t>, 4}};
  add_equality<std::uint16_t>(rules, "{s16,u16,b16}");
  add_equality<std::uint32_t>(rules, "{s32,u32,b32}");
  add_equality<std::uint64_t>(rules, "{s64,u64,b64}");
  add_order<std::int16_t>(rules, "s16");
  add_order<std::int32_t>(rules, "s32");
  add_order<std::int64_t>(rules, "s64");
  add_order<std::uint16_t>(rules, "u16");
  add_order<std::uint32_t>(rules, "u32");
  add_order<std::uint64_t>(rules, "u64");
  add_floats<float, Plain>(rules, "f32");
  add_floats<float, Flushed>(rules, "ftz.f32");
  add_floats<double, Plain>(rules, "f64");
  return rules;
}

}  // namespace

std::span<const Rule> comparison_rules() {
  static const Rules rules = all_rules();
  return rules;
}

}  // namespace aiops::simt::ptx
