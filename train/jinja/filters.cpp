// SPDX-License-Identifier: Apache-2.0
// `x|NAME`.
#include "train/jinja/functions.hpp"
#include "train/jinja/python_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace aiops::train::jinja {
namespace {

using Filter = Value (*)(const Value&, const CallArguments&);
using Arguments = CallArguments;

Value length_of(const Value& value, const Arguments&) {
  if (value.is_undefined()) return 0;
  if (value.is_string()) return length(value.string());
  if (value.is_list()) return static_cast<std::int64_t>(value.items().size());
  if (value.is_dict()) return static_cast<std::int64_t>(value.entries().members.size());
  throw Fault{std::string(value.type()) + " has no length"};
}

Value default_to(const Value& value, const Arguments& arguments) {
  const bool holds = arguments.flag(1, "boolean", false) ? value.truth() : !value.is_undefined();
  if (holds) return value;
  const Value* fallback = arguments.find(0, "default_value");
  return fallback ? *fallback : Value("");
}

// a.b.c, as map, selectattr, join and sort take it.
Value path(Value value, std::string_view name) {
  for (const std::string_view part : split(name, ".", -1, Side::left))
    value = attribute(value, std::string(part));
  return value;
}

Value join(const Value& value, const Arguments& arguments) {
  const std::string separator = arguments.text(0, "d", "");
  const auto name = arguments.optional_text(1, "attribute");
  std::string out;
  bool first = true;
  for (const Value& item : iterate(value)) {
    if (!first) out += separator;
    first = false;
    out += (name ? path(item, *name) : item).text();
    if (out.size() > kMostWeight) throw Fault{"join makes a string too long"};
  }
  return out;
}

Value map(const Value& value, const Arguments& arguments) {
  List out;
  const Value* name = arguments.positional.empty() ? arguments.find(0, "attribute") : nullptr;
  if (!name && arguments.positional.empty()) throw Fault{"map needs an attribute or a filter"};
  for (const Value& item : iterate(value)) {
    if (name) {
      Value found = path(item, name->text());
      const Value* fallback = arguments.find(1, "default");
      out.push_back(found.is_undefined() && fallback ? *fallback : std::move(found));
    } else {
      Arguments rest = arguments;
      const std::string filter = arguments.text(0, "filter", "");
      rest.positional.erase(rest.positional.begin());
      out.push_back(apply_filter(filter, item, rest));
    }
  }
  return Value::list(std::move(out));
}

// select, reject and their attr forms: the test's name follows the attribute's, if there is one.
Value choose(const Value& value, const Arguments& arguments, bool by_attribute, bool wanted) {
  Arguments rest = arguments;
  std::string name;
  const auto take = [&] {
    if (rest.positional.empty()) return std::string();
    const Value first = rest.positional.front();
    rest.positional.erase(rest.positional.begin());
    return first.text();
  };
  if (by_attribute) name = take();
  const std::string test = take();
  List out;
  for (const Value& item : iterate(value)) {
    const Value subject = by_attribute ? path(item, name) : item;
    const bool holds = test.empty() ? subject.truth() : apply_test(test, subject, rest);
    if (holds == wanted) out.push_back(item);
  }
  return Value::list(std::move(out));
}

Value items(const Value& value, const Arguments&) {
  if (value.is_undefined()) return Value::list({});
  if (!value.is_dict()) throw Fault{std::string(value.type()) + " has no items()"};
  List pairs;
  for (const auto& [key, member] : value.entries().members)
    pairs.push_back(Value::list({key, member}));
  return Value::list(std::move(pairs));
}

Value sorted(const Value& value, const Arguments& arguments) {
  List all = iterate(value);
  const auto name = arguments.optional_text(2, "attribute");
  const bool by_case = arguments.flag(1, "case_sensitive", false);
  const auto key = [&](const Value& item) {
    Value found = name ? path(item, *name) : item;
    return found.is_string() && !by_case ? Value(lower(found.string())) : found;
  };
  for (std::size_t i = 1; i < all.size(); ++i) compare("<", key(all[0]), key(all[i]));
  std::stable_sort(all.begin(), all.end(),
                   [&](const Value& a, const Value& b) { return compare("<", key(a), key(b)); });
  if (arguments.flag(0, "reverse", false)) std::reverse(all.begin(), all.end());
  return Value::list(std::move(all));
}

Value dict_sorted(const Value& value, const Arguments&) {
  Arguments by_key;
  by_key.named.emplace_back("attribute", "0");
  return sorted(items(value, {}), by_key);
}

Value unique(const Value& value, const Arguments&) {
  List out;
  for (const Value& item : iterate(value)) {
    if (out.size() > 10000) throw Fault{"unique over too many items"};
    if (std::find(out.begin(), out.end(), item) == out.end()) out.push_back(item);
  }
  return Value::list(std::move(out));
}

Value reversed(const Value& value, const Arguments&) {
  List all = iterate(value);
  std::reverse(all.begin(), all.end());
  if (!value.is_string()) return Value::list(std::move(all));
  std::string out;
  for (const Value& item : all) out += item.string();
  return out;
}

Value end_of(const Value& value, bool last) {
  const List all = iterate(value);
  if (all.empty()) return Undefined{last ? "last" : "first"};
  return last ? all.back() : all.front();
}

Value indent(const Value& value, const Arguments& arguments) {
  const Value* width = arguments.find(0, "width");
  const std::string by = width && width->is_string()
                             ? width->string()
                             : std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(
                                               arguments.integer(0, "width", 4), 0, 64)),
                                           ' ');
  const bool blank = arguments.flag(2, "blank", false);
  const std::string text = value.text();  // what the lines are views of
  std::string out;
  bool first = true;
  for (const std::string_view line : split(text, "\n", -1, Side::left)) {
    if (!first) out += '\n';
    if (first ? arguments.flag(1, "first", false) : blank || !line.empty()) out += by;
    first = false;
    out += line;
    if (out.size() > kMostWeight) throw Fault{"indent makes a string too long"};
  }
  return out;
}

Value to_integer(const Value& value, const Arguments& arguments) {
  if (value.is_float()) return static_cast<std::int64_t>(std::clamp(value.number(), -9e18, 9e18));
  if (value.is_number()) return value.integer();
  if (value.is_string()) {
    const std::string_view text = stripped(value.string(), std::nullopt, Side::both);
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure == std::errc() && end == text.data() + text.size()) return number;
  }
  return arguments.integer(0, "default", 0);
}

Value rounded(const Value& value, const Arguments& arguments) {
  if (!value.is_number()) throw Fault{std::string(value.type()) + " cannot be rounded"};
  const double scale = std::pow(10.0, static_cast<double>(arguments.integer(0, "precision", 0)));
  const std::string method = arguments.text(1, "method", "common");
  const double scaled = value.number() * scale;
  return (method == "ceil"    ? std::ceil(scaled)
          : method == "floor" ? std::floor(scaled)
                              : std::nearbyint(scaled)) /
         scale;
}

Value extreme(const Value& value, const char* mark) {
  const List all = iterate(value);
  if (all.empty()) return Undefined{"the extreme of nothing"};
  Value best = all[0];
  for (const Value& item : all)
    if (compare(mark, item, best)) best = item;
  return best;
}

Value to_json(const Value& value, const Arguments& arguments) {
  const auto indent = std::clamp<std::int64_t>(arguments.integer(1, "indent", -1), -1, 16);
  return to_json_text(value, static_cast<int>(indent));
}

const std::map<std::string, Filter, std::less<>>& filters() {
  static const std::map<std::string, Filter, std::less<>> all{
      {"trim",
       [](auto& v, auto& a) {
         const auto set = a.optional_text(0, "chars");
         return Value(stripped(v.text(), set, Side::both));
       }},
      {"tojson", to_json},
      {"length", length_of},
      {"count", length_of},
      {"default", default_to},
      {"d", default_to},
      {"upper", [](auto& v, auto&) { return Value(upper(v.text())); }},
      {"lower", [](auto& v, auto&) { return Value(lower(v.text())); }},
      {"title", [](auto& v, auto&) { return Value(titled(v.text())); }},
      {"capitalize", [](auto& v, auto&) { return Value(capitalised(v.text())); }},
      {"replace",
       [](auto& v, auto& a) {
         return Value(replaced(v.text(), a.text(0, "old", ""), a.text(1, "new", ""),
                               a.integer(2, "count", -1)));
       }},
      {"join", join},
      {"map", map},
      {"select", [](auto& v, auto& a) { return choose(v, a, false, true); }},
      {"reject", [](auto& v, auto& a) { return choose(v, a, false, false); }},
      {"selectattr", [](auto& v, auto& a) { return choose(v, a, true, true); }},
      {"rejectattr", [](auto& v, auto& a) { return choose(v, a, true, false); }},
      {"items", items},
      {"dictsort", dict_sorted},
      {"sort", sorted},
      {"unique", unique},
      {"reverse", reversed},
      {"first", [](auto& v, auto&) { return end_of(v, false); }},
      {"last", [](auto& v, auto&) { return end_of(v, true); }},
      {"list", [](auto& v, auto&) { return Value::list(iterate(v)); }},
      {"string", [](auto& v, auto&) { return Value(v.text()); }},
      {"safe", [](auto& v, auto&) { return v; }},
      {"indent", indent},
      {"int", to_integer},
      {"float", [](auto& v, auto&) { return Value(v.is_number() ? v.number() : 0.0); }},
      {"abs",
       [](auto& v, auto&) {
         return v.is_integer() && v.integer() != INT64_MIN ? Value(std::abs(v.integer()))
                                                           : Value(std::abs(v.number()));
       }},
      {"round", rounded},
      {"min", [](auto& v, auto&) { return extreme(v, "<"); }},
      {"max", [](auto& v, auto&) { return extreme(v, ">"); }},
      {"sum",
       [](auto& v, auto&) {
         Value total = 0;
         for (const Value& item : iterate(v)) total = binary("+", total, item);
         return total;
       }},
  };
  return all;
}

}  // namespace

Value apply_filter(const std::string& name, const Value& value, const CallArguments& arguments) {
  const auto found = filters().find(name);
  if (found == filters().end()) throw Fault{"the filter '" + name + "' is not known here"};
  return found->second(value, arguments);
}

}  // namespace aiops::train::jinja
