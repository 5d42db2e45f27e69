// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/harness.hpp"
#include "train/chat/template.hpp"

#include <vector>

// A template that is accepted renders or refuses within its bounds, and its spans lie in the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::train;
  return aiops::fuzz::refuses_politely([&] {
    const auto chat = ChatTemplate::parse(aiops::fuzz::text_of(data, size), "input");
    const std::vector<ChatMessage> messages{{"system", " Be brief. "},
                                            {"user", "Hi <think>\nä</think>"},
                                            {"assistant", "Yes.", R"({"tool_calls": [{"a": 1}]})"},
                                            {"user", "a,b"},
                                            {"assistant", ""}};
    const ChatVariables variables{"<s>", "</s>", R"({"tools": [{"name": "f", "n": 1.5}]})"};
    const auto rendered = chat.render_with_spans(messages, variables);
    std::size_t last = 0;
    for (const auto& [begin, end] : rendered.assistant) {
      if (begin < last || end <= begin || end > rendered.text.size()) __builtin_trap();
      last = end;
    }
  });
}
