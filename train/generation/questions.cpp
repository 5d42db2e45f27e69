// SPDX-License-Identifier: Apache-2.0
#include "train/generation/questions.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "train/data/lines.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train {
namespace {

constexpr JsonLimits kLine{16u << 20, 16};
constexpr std::size_t kMostChoices = 1000;

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Error(ExitCode::failed, where + ": " + why);
}

const Json* text_member(const Json& value, const char* name) {
  const auto found = value.find(name);
  return found != value.end() && found->is_string() ? &*found : nullptr;
}

std::size_t answer_of(const Json& value, const std::vector<std::string>& choices,
                      const std::string& where) {
  const auto found = value.find("answer");
  if (found == value.end()) refuse(where, "has no 'answer'");
  if (found->is_number_unsigned()) {
    const auto index = found->get<std::uint64_t>();
    if (index >= choices.size())
      refuse(where, "'answer' is " + std::to_string(index) + ", of " +
                        std::to_string(choices.size()) + " choices counted from 0");
    return index;
  }
  if (!found->is_string()) refuse(where, "'answer' is neither an index nor a text");
  const auto text = found->get<std::string>();
  const auto same = std::find(choices.begin(), choices.end(), text);
  if (same != choices.end()) return static_cast<std::size_t>(same - choices.begin());
  if (text.size() == 1 && text[0] >= 'A' &&
      static_cast<std::size_t>(text[0] - 'A') < choices.size())
    return static_cast<std::size_t>(text[0] - 'A');
  refuse(where, "'answer' is none of the choices");
}

Question parse_question(std::string_view line, const std::string& where) {
  const Json value = parse_json(line, where, kLine);
  if (!value.is_object()) refuse(where, "is not a JSON object");
  const Json* context = text_member(value, "context");
  if (context == nullptr) context = text_member(value, "question");
  if (context == nullptr) refuse(where, "has no text 'question' or 'context'");
  const auto choices = value.find("choices");
  if (choices == value.end() || !choices->is_array()) refuse(where, "has no list 'choices'");
  Question question{context->get<std::string>(), {}, 0, where};
  for (const Json& choice : *choices) {
    if (!choice.is_string() || choice.get_ref<const std::string&>().empty())
      refuse(where, "a choice is not a text, or empty");
    question.choices.push_back(choice.get<std::string>());
  }
  if (question.choices.size() < 2 || question.choices.size() > kMostChoices)
    refuse(where, "has " + std::to_string(question.choices.size()) + " choices");
  question.answer = answer_of(value, question.choices, where);
  return question;
}

}  // namespace

bool holds_questions(std::string_view lines) {
  bool holds = false;
  for_each_line(lines, [&](std::string_view line, std::size_t) {
    try {
      const Json value = parse_json(line, "line", kLine);
      holds = value.is_object() && value.contains("choices");
    } catch (const Error&) {
      holds = false;
    }
    return false;
  });
  return holds;
}

std::vector<Question> parse_questions(std::string_view lines, const std::string& file) {
  std::vector<Question> questions;
  for_each_line(lines, [&](std::string_view line, std::size_t number) {
    questions.push_back(parse_question(line, file + ":" + std::to_string(number)));
    return true;
  });
  if (questions.empty()) refuse(file, "holds no question");
  return questions;
}

}  // namespace aiops::train
