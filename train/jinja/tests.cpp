// SPDX-License-Identifier: Apache-2.0
// `x is NAME`.
#include "train/jinja/functions.hpp"
#include "train/jinja/python_text.hpp"

#include <map>

namespace aiops::train::jinja {
namespace {

using Test = bool (*)(const Value&, const CallArguments&);

std::int64_t whole(const Value& value) {
  if (!value.is_integer()) throw Fault{std::string(value.type()) + " is not an integer"};
  return value.integer();
}

bool divides(const Value& value, const CallArguments& arguments) {
  const std::int64_t by = whole(arguments.required(0, "num"));
  if (by == 0) throw Fault{"division by zero"};
  return by == -1 || whole(value) % by == 0;
}

const std::map<std::string, Test, std::less<>>& tests() {
  static const std::map<std::string, Test, std::less<>> all{
      {"defined", [](auto& v, auto&) { return !v.is_undefined(); }},
      {"undefined", [](auto& v, auto&) { return v.is_undefined(); }},
      {"none", [](auto& v, auto&) { return v.is_none(); }},
      {"boolean", [](auto& v, auto&) { return v.is_bool(); }},
      {"true", [](auto& v, auto&) { return v.is_bool() && v.truth(); }},
      {"false", [](auto& v, auto&) { return v.is_bool() && !v.truth(); }},
      {"integer", [](auto& v, auto&) { return v.is_integer(); }},
      {"float", [](auto& v, auto&) { return v.is_float(); }},
      {"number", [](auto& v, auto&) { return v.is_number(); }},
      {"string", [](auto& v, auto&) { return v.is_string(); }},
      {"mapping", [](auto& v, auto&) { return v.is_dict(); }},
      {"iterable",
       [](auto& v, auto&) {
         return v.is_string() || v.is_list() || v.is_dict() || v.is_undefined();
       }},
      {"sequence", [](auto& v, auto&) { return v.is_string() || v.is_list() || v.is_dict(); }},
      {"callable", [](auto& v, auto&) { return v.is_macro(); }},
      {"odd", [](auto& v, auto&) { return whole(v) % 2 != 0; }},
      {"even", [](auto& v, auto&) { return whole(v) % 2 == 0; }},
      {"divisibleby", divides},
      {"lower",
       [](auto& v, auto&) {
         return v.is_string() && lower(v.string()) == v.string() && upper(v.string()) != v.string();
       }},
      {"upper",
       [](auto& v, auto&) {
         return v.is_string() && upper(v.string()) == v.string() && lower(v.string()) != v.string();
       }},
      {"eq", [](auto& v, auto& a) { return compare("==", v, a.required(0, "other")); }},
      {"ne", [](auto& v, auto& a) { return compare("!=", v, a.required(0, "other")); }},
      {"lt", [](auto& v, auto& a) { return compare("<", v, a.required(0, "other")); }},
      {"le", [](auto& v, auto& a) { return compare("<=", v, a.required(0, "other")); }},
      {"gt", [](auto& v, auto& a) { return compare(">", v, a.required(0, "other")); }},
      {"ge", [](auto& v, auto& a) { return compare(">=", v, a.required(0, "other")); }},
      {"in", [](auto& v, auto& a) { return contains(a.required(0, "seq"), v); }},
  };
  return all;
}

// The other spellings.
const std::map<std::string, std::string, std::less<>> kSame{
    {"==", "eq"}, {"equalto", "eq"}, {"!=", "ne"},          {"<", "lt"},  {"lessthan", "lt"},
    {"<=", "le"}, {">", "gt"},       {"greaterthan", "gt"}, {">=", "ge"}, {"sameas", "eq"}};

}  // namespace

bool apply_test(const std::string& name, const Value& value, const CallArguments& arguments) {
  const auto same = kSame.find(name);
  const auto found = tests().find(same == kSame.end() ? name : same->second);
  if (found == tests().end()) throw Fault{"the test '" + name + "' is not known here"};
  return found->second(value, arguments);
}

}  // namespace aiops::train::jinja
