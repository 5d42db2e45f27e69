// SPDX-License-Identifier: Apache-2.0
#include "train/jinja/functions.hpp"
#include "train/jinja/python_text.hpp"

#include <algorithm>
#include <map>

namespace aiops::train::jinja {
namespace {

using Method = Value (*)(const Value&, const CallArguments&);
using Arguments = CallArguments;

Value strip(const Value& value, const Arguments& arguments, Side side) {
  const auto set = arguments.optional_text(0, "chars");
  return stripped(value.string(), set, side);
}

Value split_from(const Value& value, const Arguments& arguments, Side side) {
  const auto separator = arguments.optional_text(0, "sep");
  return list_of(split(value.string(), separator, arguments.integer(1, "maxsplit", -1), side));
}

// startswith and endswith take one text or a list of them.
template <class Ends>
bool any_of(const Arguments& arguments, Ends ends) {
  const Value& wanted = arguments.required(0, "prefix");
  if (wanted.is_string()) return ends(wanted.string());
  const List all = iterate(wanted);
  return std::any_of(all.begin(), all.end(),
                     [&](const Value& one) { return one.is_string() && ends(one.string()); });
}

// str.find counts code points; -1 when absent.
std::int64_t find(const std::string& text, const std::string& part) {
  const std::size_t at = text.find(part);
  return at == std::string::npos ? -1 : length(std::string_view(text).substr(0, at));
}

std::int64_t count(const std::string& text, const std::string& part) {
  if (part.empty()) return length(text) + 1;
  std::int64_t times = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size()))
    ++times;
  return times;
}

bool all_digits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

Value partition(const std::string& text, const std::string& separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string::npos) return Value::list({text, "", ""});
  return Value::list({text.substr(0, at), separator, text.substr(at + separator.size())});
}

Value join(const Value& value, const Arguments& arguments) {
  CallArguments separator;
  separator.positional.push_back(value);
  return apply_filter("join", arguments.required(0, "iterable"), separator);
}

const std::map<std::string, Method, std::less<>>& string_methods() {
  static const std::map<std::string, Method, std::less<>> methods{
      {"strip", [](auto& v, auto& a) { return strip(v, a, Side::both); }},
      {"lstrip", [](auto& v, auto& a) { return strip(v, a, Side::left); }},
      {"rstrip", [](auto& v, auto& a) { return strip(v, a, Side::right); }},
      {"split", [](auto& v, auto& a) { return split_from(v, a, Side::left); }},
      {"rsplit", [](auto& v, auto& a) { return split_from(v, a, Side::right); }},
      {"splitlines", [](auto& v, auto&) { return list_of(split_lines(v.string())); }},
      {"upper", [](auto& v, auto&) { return Value(upper(v.string())); }},
      {"lower", [](auto& v, auto&) { return Value(lower(v.string())); }},
      {"title", [](auto& v, auto&) { return Value(titled(v.string())); }},
      {"capitalize", [](auto& v, auto&) { return Value(capitalised(v.string())); }},
      {"join", join},
      {"startswith",
       [](auto& v, auto& a) {
         return Value(any_of(a, [&](const auto& s) { return v.string().starts_with(s); }));
       }},
      {"endswith",
       [](auto& v, auto& a) {
         return Value(any_of(a, [&](const auto& s) { return v.string().ends_with(s); }));
       }},
      {"replace",
       [](auto& v, auto& a) {
         return Value(replaced(v.string(), a.text(0, "old", ""), a.text(1, "new", ""),
                               a.integer(2, "count", -1)));
       }},
      {"find", [](auto& v, auto& a) { return Value(find(v.string(), a.text(0, "sub", ""))); }},
      {"count", [](auto& v, auto& a) { return Value(count(v.string(), a.text(0, "sub", ""))); }},
      {"isdigit", [](auto& v, auto&) { return Value(all_digits(v.string())); }},
      {"partition", [](auto& v, auto& a) { return partition(v.string(), a.text(0, "sep", " ")); }},
      {"removeprefix",
       [](auto& v, auto& a) {
         const auto start = a.text(0, "prefix", "");
         return Value(v.string().substr(v.string().starts_with(start) ? start.size() : 0));
       }},
      {"removesuffix",
       [](auto& v, auto& a) {
         const auto end = a.text(0, "suffix", "");
         const auto& text = v.string();
         return Value(text.substr(0, text.size() - (text.ends_with(end) ? end.size() : 0)));
       }},
  };
  return methods;
}

Value get(const Value& value, const Arguments& arguments) {
  const Value& key = arguments.required(0, "key");
  const Value* found = key.is_string() ? value.entries().find(key.string()) : nullptr;
  if (found) return *found;
  const Value* fallback = arguments.find(1, "default");
  return fallback ? *fallback : Value(None{});
}

Value values(const Value& value, const Arguments&) {
  List all;
  for (const auto& [key, member] : value.entries().members) all.push_back(member);
  return Value::list(std::move(all));
}

const std::map<std::string, Method, std::less<>>& dict_methods() {
  static const std::map<std::string, Method, std::less<>> methods{
      {"get", get},
      {"values", values},
      {"keys", [](auto& v, auto&) { return Value::list(iterate(v)); }},
      {"items", [](auto& v, auto&) { return apply_filter("items", v, {}); }},
      {"copy", [](auto& v, auto&) { return v; }},
  };
  return methods;
}

const std::map<std::string, Method, std::less<>>& list_methods() {
  static const std::map<std::string, Method, std::less<>> methods{
      {"count",
       [](auto& v, auto& a) {
         return Value(static_cast<std::int64_t>(
             std::count(v.items().begin(), v.items().end(), a.required(0, "value"))));
       }},
      {"index",
       [](auto& v, auto& a) {
         const auto& all = v.items();
         const auto found = std::find(all.begin(), all.end(), a.required(0, "value"));
         if (found == all.end()) throw Fault{"index() of what the list does not hold"};
         return Value(static_cast<std::int64_t>(found - all.begin()));
       }},
  };
  return methods;
}

}  // namespace

std::optional<Value> call_method(const Value& value, const std::string& name,
                                 const CallArguments& arguments) {
  const auto* methods = value.is_string() ? &string_methods()
                        : value.is_dict() ? &dict_methods()
                        : value.is_list() ? &list_methods()
                                          : nullptr;
  if (!methods) return std::nullopt;
  const auto found = methods->find(name);
  if (found == methods->end()) return std::nullopt;
  return found->second(value, arguments);
}

}  // namespace aiops::train::jinja
