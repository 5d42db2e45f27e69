// SPDX-License-Identifier: Apache-2.0
#include "train/chat/template.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const ChatMessage kQuestion{"user", "Who?"};
const ChatMessage kAnswer{"assistant", "I."};
const ChatVariables kVariables{"<s>", "</s>"};

std::string render(std::string_view text, std::vector<ChatMessage> messages = {kQuestion},
                   const ChatVariables& variables = kVariables) {
  return ChatTemplate::parse(text, "t").render(messages, AddGenerationPrompt::no, variables);
}

std::string failure(std::string_view text) {
  try {
    return "rendered: " + render(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    return error.message;
  }
}

std::vector<std::string> assistant(std::string_view text, std::vector<ChatMessage> messages) {
  const auto chat = ChatTemplate::parse(text, "t").render_with_spans(messages, kVariables);
  std::vector<std::string> spans;
  for (const auto& [begin, end] : chat.assistant)
    spans.push_back(chat.text.substr(begin, end - begin));
  return spans;
}

TEST(ChatTemplate, RendersChatml) {
  const std::vector<ChatMessage> messages{{"system", "Be brief."}, kQuestion};
  EXPECT_EQ(ChatTemplate::chatml().render(messages, AddGenerationPrompt::yes, kVariables),
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWho?<|im_end|>\n"
            "<|im_start|>assistant\n");
}

TEST(ChatTemplate, ControlsWhiteSpaceAsTransformersDoes) {
  EXPECT_EQ(render("a\n  {% if true %}\nb\n  {%- endif %}\n c\n"), "a\nb c");
  EXPECT_EQ(render("  {%+ if true +%}\nx{# gone #}\n{{ 1 -}}\n y{% endif %}"), "  \nx1y");
}

TEST(ChatTemplate, KnowsLoopsNamespacesAndMacros) {
  EXPECT_EQ(render("{% set n = namespace(k=0) %}{% for i in [1,2,3] if i != 2 %}"
                   "{% set n.k = n.k + i %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor "
                   "%}={{ n.k }}"),
            "1,2=4");
  EXPECT_EQ(render("{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{% endfor %}{{ x }}"), "1");
  EXPECT_EQ(
      render("{% macro m(a, b='!') %}{{ a ~ b }}{% endmacro %}{{ m('x') }}{{ m('y', b='?') }}"),
      "x!y?");
}

TEST(ChatTemplate, SeesMembersAndVariables) {
  EXPECT_EQ(render("{{ messages[0].name }} {{ tools | tojson }} {{ bos_token }}",
                   {{"user", "", R"({"name": "Ann"})"}}, {"<s>", "", R"({"tools": [{"a": 1}]})"}),
            R"(Ann [{"a": 1}] <s>)");
}

TEST(ChatTemplate, SaysWhyAConversationIsRefused) {
  EXPECT_THAT(failure("{{ [1] | map(other='x') | list }}"), HasSubstr("map needs"));
  EXPECT_THAT(failure("{{ 'x' | abs }}"), HasSubstr("is not a number"));
  EXPECT_THAT(failure("{{ raise_exception('no') }}"), HasSubstr("refuses the conversation: no"));
}

TEST(ChatTemplate, NamesTheLineOfAFault) {
  EXPECT_THAT(failure("\n{% if %}"), HasSubstr("t: line 2"));
  EXPECT_THAT(failure("\n\n{{ x.y }}"), HasSubstr("t: line 3: 'x' is undefined"));
  EXPECT_THAT(failure("{% include 'x' %}"), HasSubstr("may not use at 'include'"));
  EXPECT_THAT(failure("{{ 1|nope }}"), HasSubstr("filter 'nope' is not known"));
  EXPECT_THAT(failure("{% for x in y %}"), HasSubstr("expected 'endfor'"));
  EXPECT_THAT(failure("{{ [1] | map('no\nsuch') | list }}"), HasSubstr("no\\x0asuch"));
  EXPECT_THAT(failure("{{ raise_exception('a\nb') }}"), HasSubstr("a\\x0ab"));
}

TEST(ChatTemplate, BoundsForeignTemplates) {
  EXPECT_THAT(failure(std::string(5000, '(')), HasSubstr("rendered"));  // plain text
  EXPECT_THAT(failure("{{ " + std::string(5000, '(') + "}}"), HasSubstr("nested too deeply"));
  EXPECT_THAT(failure("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"), HasSubstr("too deeply"));
  EXPECT_THAT(
      failure("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}"),
      HasSubstr("too"));
  EXPECT_THAT(failure("{{ 'x' * 999999999 }}"), HasSubstr("too large"));
  EXPECT_THAT(failure("{% set n = namespace(a=[1]) %}{% for i in range(99) %}"
                      "{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a|tojson }}"),
              HasSubstr("too large"));
  EXPECT_THAT(failure("{% set n = namespace() %}{% set n.n = n %}{{ n }}"), HasSubstr("Namespace"));
}

constexpr const char* kPlain =
    "{% for m in messages %}<{{ m.role }}>\n{{ m.content }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>\n{% endif %}";

TEST(ChatSpans, AreWhatFollowsTheGenerationPrompt) {
  EXPECT_THAT(assistant(kPlain, {kQuestion, kAnswer, kQuestion, {"assistant", " and \n"}}),
              ElementsAre("I.</s>", " and \n</s>"));
}

TEST(ChatSpans, KeepTheSpaceThatTheModelWrites) {
  EXPECT_THAT(
      assistant("{% for m in messages %}{{ '[I]' + m.content + '[/I]' if m.role == 'user' else "
                "' ' + m.content + eos_token }}{% endfor %}",
                {kQuestion, kAnswer}),
      ElementsAre(" I.</s>"));
}

TEST(ChatSpans, AreWhatTheTemplateMarks) {
  EXPECT_THAT(
      assistant("{% for m in messages %}{{ m.role }}:{% if m.role == 'assistant' %}"
                "{% generation %}{{ m.content }}.{% endgeneration %}{% endif %}\n{% endfor %}",
                {kQuestion, kAnswer}),
      ElementsAre("I.."));
}

TEST(ChatSpans, AreDisjointWhereMarksLieInsideOfOthers) {
  EXPECT_THAT(assistant("{% generation %}a{% generation %}b{% endgeneration %}c{% endgeneration %}",
                        {kQuestion, kAnswer}),
              ElementsAre("abc"));
}

TEST(ChatSpans, AreRightWhereTheLastTurnDiffers) {  // as Qwen3 does: prefixes would not fit
  EXPECT_THAT(
      assistant("{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' and loop.last %}"
                "{think}{% endif %}{{ m.content }}</s>{% endfor %}"
                "{% if add_generation_prompt %}<assistant>{% endif %}",
                {kQuestion, kAnswer, kQuestion, kAnswer}),
      ElementsAre("I.</s>", "{think}I.</s>"));
}

TEST(ChatSpans, AreFoundByPrefixesWhereNoLoopWalksOverMessages) {
  EXPECT_THAT(
      assistant(
          "{% for i in range(messages|length) %}<{{ messages[i].role }}>{{ messages[i].content }}"
          "</s>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}",
          {kQuestion, kAnswer}),
      ElementsAre("I.</s>"));
}

TEST(ChatSpans, AreRefusedWhereTheTemplateDoesNotTell) {
  EXPECT_THROW(assistant("{{ messages | tojson }}", {kQuestion, kAnswer}), Error);
}

TEST(ChatTemplate, IsReadFromItsFileFirst) {
  const auto directory = std::filesystem::path(testing::TempDir()) / "chat_template_test";
  std::filesystem::create_directories(directory);
  const auto write = [&](const char* name, const char* text) {
    std::ofstream(directory / name) << text;
  };
  EXPECT_FALSE(ChatTemplate::read(directory));
  write(
      "tokenizer_config.json",
      R"({"chat_template": [{"name": "tools", "template": "t"}, {"name": "default", "template": "d"}]})");
  EXPECT_EQ(ChatTemplate::read(directory)->text(), "d");
  write("chat_template.jinja", "j");
  EXPECT_EQ(ChatTemplate::read(directory)->text(), "j");
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace aiops::train
