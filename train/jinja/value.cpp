// SPDX-License-Identifier: Apache-2.0
#include "train/jinja/value.hpp"

#include "base/units.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace aiops::train::jinja {
namespace {

// Python writes 3.0 where the shortest text is 3.
std::string float_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string text = format_number(value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string quoted_repr(const std::string& text) {
  const bool doubled = text.find('\'') != std::string::npos && text.find('"') == std::string::npos;
  const char quote = doubled ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\\' || c == quote)
      (out += '\\') += c;
    else
      out += c;
  }
  return out + quote;
}

void add(Extent& whole, const Value& part) {
  const Extent extent = part.extent();
  whole.weight += extent.weight;
  whole.depth = std::max(whole.depth, extent.depth + 1);
  if (whole.weight > kMostWeight || whole.depth > kMostDepth)
    throw Fault{"a list or dictionary grows too large"};
}

}  // namespace

Value Value::list(List items) {
  Extent extent;
  for (const Value& item : items) add(extent, item);
  Value value;
  value.variant_ = std::make_shared<const Sequence>(Sequence{std::move(items), extent});
  return value;
}

Value Value::dict(Dict entries) {
  if (entries.members.size() > kMostMembers) throw Fault{"a dictionary of too many members"};
  if (!entries.is_namespace)
    for (const auto& [key, member] : entries.members) {
      entries.extent.weight += key.size();
      add(entries.extent, member);
    }
  Value value;
  value.variant_ = std::make_shared<Dict>(std::move(entries));
  return value;
}

Extent Value::extent() const {
  if (is_string()) return {1 + string().size(), 1};
  if (is_list()) return std::get<std::shared_ptr<const Sequence>>(variant_)->extent;
  return is_dict() ? entries().extent : Extent{};
}

const List& Value::items() const {
  if (!is_list()) throw Fault{std::string(type()) + " is not a list"};
  return std::get<std::shared_ptr<const Sequence>>(variant_)->items;
}

Value Value::from_json(const OrderedJson& json) {
  if (json.is_null()) return None{};
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get_ref<const std::string&>();
  if (json.is_array()) {
    List items;
    for (const OrderedJson& item : json) items.push_back(from_json(item));
    return list(std::move(items));
  }
  Dict entries;
  for (const auto& [key, value] : json.items()) entries.members.emplace_back(key, from_json(value));
  return dict(std::move(entries));
}

std::int64_t Value::integer() const {
  if (!is_bool() && !is_integer()) throw Fault{std::string(type()) + " is not a number"};
  return is_bool() ? std::get<bool>(variant_) : std::get<std::int64_t>(variant_);
}

double Value::number() const {
  return is_float() ? std::get<double>(variant_) : static_cast<double>(integer());
}

bool Value::truth() const {
  if (is_undefined() || is_none()) return false;
  if (is_number()) return number() != 0;
  if (is_string()) return !string().empty();
  if (is_list()) return !items().empty();
  if (is_dict()) return entries().is_namespace || !entries().members.empty();
  return true;
}

const char* Value::type() const {
  static constexpr const char* kNames[] = {"undefined", "None", "bool", "int",  "float",
                                           "str",       "list", "dict", "macro"};
  return kNames[variant_.index()];
}

std::string Value::text() const {
  if (is_undefined()) return {};
  return is_string() ? string() : repr();
}

std::string Value::repr() const {
  if (is_undefined()) return "Undefined";
  if (is_none()) return "None";
  if (is_bool()) return std::get<bool>(variant_) ? "True" : "False";
  if (is_integer()) return std::to_string(integer());
  if (is_float()) return float_text(number());
  if (is_string()) return quoted_repr(string());
  if (is_macro()) return "<macro>";
  if (is_dict() && entries().is_namespace) return "<Namespace>";
  std::string out;
  if (is_list()) {
    for (const Value& item : items()) out += (out.empty() ? "" : ", ") + item.repr();
    return "[" + out + "]";
  }
  for (const auto& [key, value] : entries().members)
    out += (out.empty() ? "" : ", ") + quoted_repr(key) + ": " + value.repr();
  return "{" + out + "}";
}

bool Value::operator==(const Value& other) const {
  if (is_number() && other.is_number()) {
    if (is_float() || other.is_float()) return number() == other.number();
    return integer() == other.integer();
  }
  if (variant_.index() != other.variant_.index()) return false;
  if (is_string()) return string() == other.string();
  if (is_list()) return items() == other.items();
  if (is_macro()) return macro().definition == other.macro().definition;
  if (!is_dict()) return true;  // both undefined, both None
  if (entries().is_namespace || other.entries().is_namespace) return &entries() == &other.entries();
  const auto& mine = entries().members;
  if (mine.size() != other.entries().members.size()) return false;
  for (const auto& [key, value] : mine) {
    const Value* theirs = other.entries().find(key);
    if (!theirs || !(value == *theirs)) return false;
  }
  return true;
}

const Value* Dict::find(std::string_view key) const {
  for (const auto& [name, value] : members)
    if (name == key) return &value;
  return nullptr;
}

void Dict::set(std::string_view key, Value value) {
  for (auto& [name, old] : members) {
    if (name != key) continue;
    old = std::move(value);
    return;
  }
  members.emplace_back(key, std::move(value));
}

namespace {

void write_json(const Value& value, int indent, int depth, std::string& out) {
  const auto line = [&](int level) {
    if (indent >= 0) (out += '\n').append(static_cast<std::size_t>(indent * level), ' ');
  };
  const char* const between = indent >= 0 ? "," : ", ";
  bool first = true;
  const auto begin_item = [&] {
    if (!first) out += between;
    first = false;
    line(depth + 1);
  };
  if (value.is_string()) {
    out += to_text(Json(value.string()));
  } else if (value.is_list()) {
    out += '[';
    for (const Value& item : value.items()) {
      begin_item();
      write_json(item, indent, depth + 1, out);
    }
    if (!first) line(depth);
    out += ']';
  } else if (value.is_dict() && !value.entries().is_namespace) {
    out += '{';
    for (const auto& [key, member] : value.entries().members) {
      begin_item();
      out += to_text(Json(key)) + ": ";
      write_json(member, indent, depth + 1, out);
    }
    if (!first) line(depth);
    out += '}';
  } else if (value.is_bool()) {
    out += value.truth() ? "true" : "false";
  } else if (value.is_none()) {
    out += "null";
  } else if (value.is_number()) {
    out += value.repr();
  } else {
    throw Fault{std::string(value.type()) + " is not JSON"};
  }
}

}  // namespace

std::string to_json_text(const Value& value, int indent) {
  std::string out;
  write_json(value, indent, 0, out);
  return out;
}

}  // namespace aiops::train::jinja
