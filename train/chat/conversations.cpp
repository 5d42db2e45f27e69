// SPDX-License-Identifier: Apache-2.0
#include "train/chat/conversations.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "train/data/text_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::uint64_t kMostText = std::uint64_t{16} << 30;  // of one file
constexpr JsonLimits kLine{64u << 20, 64};

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Error(ExitCode::failed, where + ": " + why);
}

std::string text_of_parts(const Json& parts, const std::string& where) {
  std::string text;
  for (const Json& part : parts) {
    const auto found = part.is_object() ? part.find("text") : part.end();
    if (found == part.end() || !found->is_string())
      refuse(where, "a part of 'content' is no text; only texts can be learnt");
    text += found->get_ref<const std::string&>();
  }
  return text;
}

std::string content_of(const Json& message, const std::string& where) {
  const auto content = message.find("content");
  if (content == message.end() || content->is_null()) {
    if (message.size() > 2 || (message.size() == 2 && content == message.end())) return {};
    refuse(where, "a message has no 'content'");
  }
  if (content->is_array()) return text_of_parts(*content, where);
  if (!content->is_string()) refuse(where, "the 'content' of a message is no text");
  return content->get<std::string>();
}

ChatMessage message_of(const Json& json, const std::string& where) {
  const auto role = json.is_object() ? json.find("role") : json.end();
  if (role == json.end() || !role->is_string()) refuse(where, "a message has no 'role'");
  ChatMessage message{role->get<std::string>(), content_of(json, where), {}};
  Json more = json;
  more.erase("role");
  more.erase("content");
  if (!more.empty()) message.members = to_text(more);
  return message;
}

}  // namespace

std::vector<ChatMessage> parse_conversation(std::string_view line, const std::string& where) {
  const Json json = parse_json(line, where, kLine);
  if (!json.is_object()) refuse(where, "is no JSON object");
  const auto text = [&](const char* key) -> const std::string* {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get_ptr<const std::string*>()
                                                     : nullptr;
  };
  if (const auto* prompt = text("prompt"), *completion = text("completion"); prompt && completion)
    return {{"user", *prompt, {}}, {"assistant", *completion, {}}};
  const auto messages = json.find("messages");
  if (messages == json.end() || !messages->is_array() || messages->empty())
    refuse(where, "has no list 'messages', nor a 'prompt' and a 'completion'");
  std::vector<ChatMessage> conversation;
  for (const Json& message : *messages) conversation.push_back(message_of(message, where));
  if (std::ranges::find(conversation, "assistant", &ChatMessage::role) == conversation.end())
    refuse(where, "has no message of the role 'assistant': there is nothing to learn");
  return conversation;
}

Conversations::Conversations(const std::vector<DataFile>& files, Status& status,
                             const StopFlag& stop) {
  Task task(status, "reading the data", total_bytes(files));
  texts_.reserve(files.size());  // views into the texts stay valid: short strings move otherwise
  for (const DataFile& file : files) {
    if (!is_json_lines(file.path))
      throw Error(ExitCode::failed, file.path + ": conversations are read from .jsonl files");
    names_.push_back(file.path);
    texts_.push_back(read_text_file(file.path, kMostText, stop));
    const std::string_view text = texts_.back();
    std::uint64_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = text.substr(at, end - at);
      at = end + 1;
      ++number;
      if (line.find_first_not_of(" \t\r") != std::string_view::npos)
        lines_.push_back({line, static_cast<std::uint32_t>(names_.size() - 1), number});
    }
    task.advance(file.bytes);
  }
  if (lines_.empty())
    throw Error(ExitCode::failed,
                (files.empty() ? "data.path" : files[0].path) + ": the data holds no conversation");
}

std::string Conversations::where(std::size_t i) const {
  return names_[lines_[i].file] + ":" + std::to_string(lines_[i].number);
}

std::vector<ChatMessage> Conversations::read(std::size_t i) const {
  return parse_conversation(lines_[i].text, where(i));
}

}  // namespace aiops::train
