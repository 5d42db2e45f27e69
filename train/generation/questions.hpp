// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// A question with several answers to choose from.
struct Question {
  std::string context;
  std::vector<std::string> choices;  // at least two
  std::size_t answer = 0;            // the index of the right one
  std::string where;                 // "questions.jsonl:7"
};

// Whether the first line of a JSON Lines text asks a question (has the member 'choices').
bool holds_questions(std::string_view lines);

// One question a line: {"question" or "context": text, "choices": [texts], "answer": …}, where the
// answer is an index from 0, the text of a choice, or its letter from A on. Throws Error{failed}
// naming file and line.
std::vector<Question> parse_questions(std::string_view lines, const std::string& file);

}  // namespace aiops::train
