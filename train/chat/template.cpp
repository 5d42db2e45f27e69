// SPDX-License-Identifier: Apache-2.0
#include "train/chat/template.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "train/chat/variables.hpp"
#include "train/jinja/syntax.hpp"

#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostConfig = 64u << 20;

constexpr std::string_view kChatml =
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

void add_members(const std::string& text, const char* what, jinja::Dict& dict) {
  if (text.empty()) return;
  // Checked first, then read again in the order that it is written in, which tojson shows.
  if (!parse_json(text, what).is_object())
    throw Error(ExitCode::failed, std::string(what) + " are not an object");
  const jinja::Value members = jinja::Value::from_json(OrderedJson::parse(text));
  for (const auto& [key, value] : members.entries().members) dict.set(key, value);
}

// One template, or several by name: [{"name": "default", "template": "…"}, …].
const Json* default_template(const Json& config) {
  const auto found = config.find("chat_template");
  if (found == config.end()) return nullptr;
  if (found->is_string()) return &*found;
  if (!found->is_array()) return nullptr;
  for (const Json& entry : *found)
    if (entry.is_object() && entry.value("name", Json()) == "default")
      if (const auto text = entry.find("template"); text != entry.end() && text->is_string())
        return &*text;
  return nullptr;
}

}  // namespace

jinja::Value chat_messages(std::span<const ChatMessage> messages) try {
  jinja::List list;
  for (const ChatMessage& message : messages) {
    jinja::Dict dict{{{"role", message.role}, {"content", message.content}}, false, {}};
    add_members(message.members, "the members of a message", dict);
    list.push_back(jinja::Value::dict(std::move(dict)));
  }
  return jinja::Value::list(std::move(list));
} catch (const jinja::Fault&) {
  throw Error(ExitCode::failed, "the conversation is too large");
}

jinja::Dict chat_variables(const jinja::Value& messages, AddGenerationPrompt prompt,
                           const ChatVariables& variables) try {
  jinja::Dict dict{{{"messages", messages},
                    {"add_generation_prompt", prompt == AddGenerationPrompt::yes},
                    {"tools", jinja::None{}},
                    {"documents", jinja::None{}}},
                   false,
                   {}};
  if (!variables.bos.empty()) dict.set("bos_token", variables.bos);
  if (!variables.eos.empty()) dict.set("eos_token", variables.eos);
  add_members(variables.more, "the variables of the chat template", dict);
  return dict;
} catch (const jinja::Fault&) {
  throw Error(ExitCode::failed, "the variables of the chat template are too large");
}

ChatTemplate ChatTemplate::parse(std::string_view text, std::string_view what) {
  return ChatTemplate(std::make_shared<const jinja::Template>(jinja::parse(text, what)));
}

const ChatTemplate& ChatTemplate::chatml() {
  static const ChatTemplate parsed = parse(kChatml, "the ChatML template");
  return parsed;
}

std::optional<ChatTemplate> ChatTemplate::read(const fs::path& directory) {
  return read(ModelFiles::in_directory(directory));
}

std::optional<ChatTemplate> ChatTemplate::read(const ModelFiles& files) {
  constexpr const char* kFile = "chat_template.jinja";
  constexpr const char* kConfig = "tokenizer_config.json";
  if (files.has(kFile)) return parse(files.read(kFile), files.name() + "/" + kFile);
  if (!files.has(kConfig)) return std::nullopt;
  const std::string what = files.name() + "/" + kConfig;
  const Json config = parse_json(files.read(kConfig, kMostConfig), what, {kMostConfig, 64});
  const Json* text = config.is_object() ? default_template(config) : nullptr;
  if (!text) return std::nullopt;
  return parse(text->get_ref<const std::string&>(), what + ": chat_template");
}

const std::string& ChatTemplate::text() const { return parsed_->text; }

std::string ChatTemplate::render(std::span<const ChatMessage> messages, AddGenerationPrompt prompt,
                                 const ChatVariables& variables) const {
  return jinja::run(*parsed_, chat_variables(chat_messages(messages), prompt, variables)).text;
}

}  // namespace aiops::train
