// SPDX-License-Identifier: Apache-2.0
// What a template computes with: Python's values, as far as templates see them.
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace aiops::train::jinja {

class Value;
struct Dict;
struct Statement;

struct Undefined {
  Undefined() = default;
  explicit Undefined(std::string looked_for)
      : name(std::make_shared<const std::string>(std::move(looked_for))) {}
  std::shared_ptr<const std::string> name;  // what was looked for; may be null
};
struct None {};
using List = std::vector<Value>;
struct Macro {
  const Statement* definition;
};

// What a template cannot do with the values it has; the evaluator adds the line.
struct Fault {
  std::string why;
};

// How big a value is with all that it holds, counted each time it is held. Sharing makes a value of
// 2^n parts in n steps, and one of n levels: both are bounded, so that printing, comparing and
// freeing are.
struct Extent {
  std::size_t weight = 1;
  int depth = 1;
};
inline constexpr std::size_t kMostWeight = 16u << 20;  // and bytes of a string
inline constexpr int kMostDepth = 100;
inline constexpr std::size_t kMostMembers = 10'000;  // they are looked up one by one
inline constexpr std::size_t kMostItems = 1u << 20;
struct Sequence;

// Strings, lists and dictionaries are shared, as in Python; only a namespace is ever changed in
// place.
class Value {
 public:
  using Text = std::shared_ptr<const std::string>;
  using Variant = std::variant<Undefined, None, bool, std::int64_t, double, Text,
                               std::shared_ptr<const Sequence>, std::shared_ptr<Dict>, Macro>;

  Value() = default;  // undefined
  Value(Undefined value) : variant_(std::move(value)) {}
  Value(None value) : variant_(value) {}
  Value(bool value) : variant_(value) {}
  Value(int value) : variant_(std::int64_t{value}) {}
  Value(std::int64_t value) : variant_(value) {}
  Value(double value) : variant_(value) {}
  Value(Macro value) : variant_(value) {}
  Value(std::string text) : variant_(std::make_shared<const std::string>(std::move(text))) {}
  Value(std::string_view text) : Value(std::string(text)) {}
  Value(const char* text) : Value(std::string(text)) {}
  // Throw Fault when they would hold too much.
  static Value list(List items);
  static Value dict(Dict entries);
  static Value from_json(const OrderedJson& json);

  bool is_undefined() const { return std::holds_alternative<Undefined>(variant_); }
  bool is_none() const { return std::holds_alternative<None>(variant_); }
  bool is_string() const { return std::holds_alternative<Text>(variant_); }
  bool is_bool() const { return std::holds_alternative<bool>(variant_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(variant_); }
  bool is_float() const { return std::holds_alternative<double>(variant_); }
  bool is_number() const { return is_integer() || is_float() || is_bool(); }
  bool is_list() const { return std::holds_alternative<std::shared_ptr<const Sequence>>(variant_); }
  bool is_dict() const { return std::holds_alternative<std::shared_ptr<Dict>>(variant_); }
  bool is_macro() const { return std::holds_alternative<Macro>(variant_); }

  const std::string& string() const { return *std::get<Text>(variant_); }
  const List& items() const;
  Dict& entries() const { return *std::get<std::shared_ptr<Dict>>(variant_); }
  const Macro& macro() const { return std::get<Macro>(variant_); }
  std::string name() const {  // of what is undefined
    const auto& name = std::get<Undefined>(variant_).name;
    return name ? *name : std::string();
  }
  std::int64_t integer() const;  // of a bool too
  double number() const;         // of every number

  Extent extent() const;

  bool truth() const;
  const char* type() const;  // Python's word, for messages
  std::string text() const;  // str(): what {{ }} prints
  std::string repr() const;  // as it stands inside a printed list
  bool operator==(const Value& other) const;

 private:
  Variant variant_;
};

// Members in their order; keys are strings, as in JSON.
struct Dict {
  std::vector<std::pair<std::string, Value>> members;
  bool is_namespace = false;  // opaque: it may come to hold itself
  Extent extent = {};

  const Value* find(std::string_view key) const;
  void set(std::string_view key, Value value);
};

struct Sequence {
  List items;
  Extent extent;
};

// json.dumps(value, ensure_ascii=False): what transformers' tojson writes. indent < 0: one line.
std::string to_json_text(const Value& value, int indent);

}  // namespace aiops::train::jinja
