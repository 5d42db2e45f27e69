// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/harness.hpp"
#include "train/chat/conversations.hpp"
#include "train/checkpoint/run_history.hpp"
#include "train/generation/questions.hpp"

// Lines of JSON from elsewhere: conversations to learn, questions to answer, the metrics of a run.
// A conversation has a turn to learn, a question an answer among its choices, and of a run's lines
// those that are none of ours are passed over.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::train;
  const std::string_view text = aiops::fuzz::text_of(data, size);
  aiops::fuzz::refuses_politely([&] {
    const auto conversation = parse_conversation(text.substr(0, text.find('\n')), "input:1");
    bool answers = false;
    for (const ChatMessage& message : conversation) answers |= message.role == "assistant";
    if (!answers) __builtin_trap();
  });
  aiops::fuzz::refuses_politely([&] {
    (void)holds_questions(text);
    for (const Question& question : parse_questions(text, "input"))
      if (question.answer >= question.choices.size()) __builtin_trap();
  });
  const RunHistory history = RunHistory::parse(text);
  (void)html_report(history, "a run");
  (void)draw(history.loss, 20, 5);
  return 0;
}
