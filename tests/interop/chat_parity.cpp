// SPDX-License-Identifier: Apache-2.0
// For chat_parity.sh. Each line of standard input is a case {"template", "messages", "prompt",
// "bos", "eos", "more"}; each line of standard output what we make of it: {"text", "spans"} or
// {"error"}.
#include "base/error.hpp"
#include "base/json.hpp"
#include "train/chat/template.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <string>

namespace {

using Json = aiops::OrderedJson;
using namespace aiops::train;

std::vector<ChatMessage> messages_of(const Json& list) {
  std::vector<ChatMessage> messages;
  for (const Json& message : list) {
    Json members = message;
    members.erase("role");
    const bool plain = message.contains("content") && message["content"].is_string();
    if (plain) members.erase("content");
    messages.push_back({message["role"], plain ? message["content"].get<std::string>() : "",
                        members.empty() ? "" : aiops::to_text(members)});
  }
  return messages;
}

Json answer(const Json& question) {
  const auto chat = ChatTemplate::parse(question["template"].get<std::string>(), "template");
  const auto messages = messages_of(question["messages"]);
  const ChatVariables variables{question["bos"], question["eos"], aiops::to_text(question["more"])};
  const auto prompt =
      question["prompt"].get<bool>() ? AddGenerationPrompt::yes : AddGenerationPrompt::no;
  Json result{{"text", chat.render(messages, prompt, variables)}};
  if (prompt == AddGenerationPrompt::yes) return result;
  try {
    Json spans = Json::array();
    const auto rendered = chat.render_with_spans(messages, variables);
    for (const auto& [begin, end] : rendered.assistant)
      spans.push_back(rendered.text.substr(begin, end - begin));
    result["spans"] = spans;
  } catch (const aiops::Error& error) {
    result["spans"] = error.message;
  }
  return result;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    Json result;
    try {
      result = answer(Json::parse(line));
    } catch (const aiops::Error& error) {
      result = {{"error", error.message}};
    }
    std::cout << aiops::to_text(result) << "\n";
  }
}
