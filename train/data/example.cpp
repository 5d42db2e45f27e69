// SPDX-License-Identifier: Apache-2.0
#include "train/data/example.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/units.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace aiops::train {
namespace {

constexpr JsonLimits kLine{64u << 20, 64};
constexpr double kLargestWhole = 9007199254740992;  // 2^53

[[noreturn]] void refuse(const std::string& where, const std::string& why, std::string mend = {}) {
  throw Error(ExitCode::failed, where + ": " + why, std::move(mend));
}

std::string in_quotes(std::string_view name) { return "'" + printable(name) + "'"; }

[[noreturn]] void refuse_without_label(const std::string& where, const std::string& name) {
  refuse(where, "has no " + in_quotes(name),
         "data.label or --label names the member that holds it");
}

void require_text(const std::string& text, const CorpusOptions& options, const std::string& where) {
  if (text.empty()) refuse(where, in_quotes(options.field) + " is empty");
}

// The whole of a text as a number; nothing when it is none.
template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

float value_of(double number, const std::string& name, const std::string& where) {
  if (!(std::abs(number) <= static_cast<double>(std::numeric_limits<float>::max())))
    refuse(where,
           in_quotes(name) + " is " + format_number(number) + ", which no finite fp32 number is");
  return static_cast<float>(number);
}

const Json& member(const Json& line, const std::string& name, const std::string& where) {
  const auto found = line.find(name);
  if (found == line.end() || found->is_null()) refuse_without_label(where, name);
  return *found;
}

LabelWord word_of(const Json& label, const std::string& name, const std::string& where) {
  if (label.is_string()) {
    if (label.get_ref<const std::string&>().empty()) refuse(where, in_quotes(name) + " is empty");
    return {label.get<std::string>(), std::nullopt};
  }
  if (label.is_boolean()) return {to_text(label), std::nullopt};
  if (!label.is_number()) refuse(where, in_quotes(name) + " is neither a name nor a number");
  const double number = label.get<double>();
  if (number != std::floor(number) || std::abs(number) > kLargestWhole)
    refuse(where,
           in_quotes(name) + " is " + to_text(label) + ", neither a name nor a whole number");
  const auto whole = static_cast<std::int64_t>(number);
  return {std::to_string(whole), whole};
}

void add_values(const Json& label, const std::string& name, const std::string& where,
                std::vector<float>& values) {
  const auto add = [&](const Json& number) {
    if (!number.is_number()) refuse(where, in_quotes(name) + " is not a number");
    values.push_back(value_of(number.get<double>(), name, where));
  };
  if (!label.is_array()) return add(label);
  for (const Json& one : label) add(one);
  if (label.empty()) refuse(where, in_quotes(name) + " is an empty list");
}

}  // namespace

Example parse_example(std::string_view line, const CorpusOptions& options, HeadKind kind,
                      const std::string& where) {
  const Json json = parse_json(line, where, kLine);
  if (!json.is_object()) refuse(where, "is not a JSON object");
  const auto text = json.find(options.field);
  if (text == json.end() || !text->is_string())
    refuse(where, "no text " + in_quotes(options.field),
           "data.field or --field names the member that holds it");
  Example example;
  example.text = text->get<std::string>();
  require_text(example.text, options, where);
  for (const std::string& name : options.labels) {
    const Json& label = member(json, name, where);
    if (kind == HeadKind::classification) example.label = word_of(label, name, where);
    if (kind == HeadKind::regression) add_values(label, name, where, example.values);
  }
  return example;
}

ExampleColumns::ExampleColumns(std::span<const std::string> header, const CorpusOptions& options,
                               HeadKind kind, const std::string& where)
    : options_(options), kind_(kind), columns_(header.size()) {
  const auto find = [&](const std::string& name, const char* keys) {
    const auto found = std::ranges::find(header, name);
    if (found == header.end())
      refuse(where, "has no column " + in_quotes(name),
             std::string("the first line names the columns; ") + keys + " says which it is");
    return static_cast<std::size_t>(found - header.begin());
  };
  text_ = find(options.field, "data.field or --field");
  for (const std::string& name : options.labels)
    labels_.push_back(find(name, "data.label or --label"));
}

Example ExampleColumns::read(std::span<std::string> record, const std::string& where) const {
  if (record.size() != columns_)
    refuse(where, "has " + counted(record.size(), "column") + ", the first line names " +
                      std::to_string(columns_));
  Example example;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const std::string& name = options_.labels[i];
    const std::string& said = record[labels_[i]];
    if (said.empty()) refuse_without_label(where, name);
    if (!is_utf8(said)) refuse(where, in_quotes(name) + " is not valid UTF-8");
    if (kind_ == HeadKind::classification) {
      example.label = {said, number_in<std::int64_t>(said)};
    } else {
      const auto number = number_in<double>(said);
      if (!number) refuse(where, in_quotes(name) + " is " + in_quotes(said) + ", not a number");
      example.values.push_back(value_of(*number, name, where));
    }
  }
  example.text = std::move(record[text_]);
  require_text(example.text, options_, where);
  if (!is_utf8(example.text)) refuse(where, in_quotes(options_.field) + " is not valid UTF-8");
  return example;
}

}  // namespace aiops::train
