// SPDX-License-Identifier: Apache-2.0
#include "cli/help_json.hpp"

#include "cli/help.hpp"
#include "cli/usage.hpp"

#include <nlohmann/json.hpp>

namespace aiops {
namespace {

OrderedJson text_or_null(const std::string& text) {
  return text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
}

OrderedJson value_of(const Positional& positional) {
  using Arity = Positional::Arity;
  return {
      {"name", positional.name},
      {"help", positional.help},
      {"required", positional.arity == Arity::required || positional.arity == Arity::at_least_one},
      {"repeat", positional.arity == Arity::any || positional.arity == Arity::at_least_one},
      {"choices", positional.choices}};
}

OrderedJson value_of(const Flag& flag) {
  const std::string letter(flag.letter == '\0' ? 0 : 1, flag.letter);
  return {{"name", flag.name},
          {"letter", text_or_null(letter)},
          {"value", text_or_null(flag.value)},
          {"help", flag.help},
          {"choices", flag.choices},
          {"default", text_or_null(flag.fallback)},
          {"configuration", text_or_null(flag.setting)},
          {"repeat", flag.repeat}};
}

template <typename T>
OrderedJson values_of(const std::vector<T>& list) {
  auto values = OrderedJson::array();
  for (const T& item : list) values.push_back(value_of(item));
  return values;
}

}  // namespace

OrderedJson help_value(const std::vector<const Verb*>& path) {
  const Verb& verb = *path.back();
  auto examples = OrderedJson::array();
  for (const auto& example : verb.examples)
    examples.push_back({{"command", typed(example)}, {"explanation", example.explanation}});
  auto verbs = OrderedJson::array();
  for (const auto& child : verb.verbs)
    if (!child.hidden) verbs.push_back({{"name", child.name}, {"summary", child.summary}});
  OrderedJson value{{"name", full_name(path)},
                    {"summary", verb.summary},
                    {"usage", synopsis(path)},
                    {"description", verb.description},
                    {"arguments", values_of(verb.positionals)},
                    {"flags", values_of(verb.flags)},
                    {"examples", std::move(examples)},
                    {"verbs", std::move(verbs)}};
  if (path.size() > 1) return value;
  value["topics"] = OrderedJson::array();
  for (const auto& topic : topics(verb))
    value["topics"].push_back({{"name", topic.name}, {"summary", topic.summary}});
  return value;
}

OrderedJson help_value(const Topic& topic) {
  return {{"name", topic.name}, {"summary", topic.summary}, {"text", topic.text}};
}

}  // namespace aiops
