// SPDX-License-Identifier: Apache-2.0
#include "cli/documents.hpp"
#include "cli/help.hpp"
#include "cli/text.hpp"
#include "cli/topics.hpp"
#include "cli/usage.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops {
namespace {

constexpr const char* kNotice =
    "<!-- Made by `docs/regenerate` from the verbs themselves. Do not edit. -->\n\n";

// Text in a table cell or a paragraph: what markdown would take for markup is escaped.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '>' || c == '*' || c == '_' || c == '`' || c == '[')
      result += '\\';
    result += c;
  }
  return result;
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

// Paragraphs as they are; indented lines become a code block.
std::string paragraphs(std::string_view text) {
  std::string markdown;
  bool verbatim = false;
  for (const auto& line : split(text, '\n')) {
    const bool kept = line.starts_with(' ');
    if (kept && !verbatim) markdown += "```text\n";
    if (!kept && verbatim) markdown += "```\n";
    verbatim = kept;
    markdown += (kept ? line.substr(std::min<std::size_t>(2, line.size())) : escaped(line)) + "\n";
  }
  if (verbatim) markdown += "```\n";
  return markdown;
}

std::string table(const std::string& left,
                  const std::vector<std::pair<std::string, std::string>>& rows) {
  if (rows.empty()) return {};
  std::string markdown = "| " + left + " | |\n|---|---|\n";
  for (const auto& [heading, text] : rows)
    markdown += "| " + code(heading) + " | " + escaped(sentence(text)) + " |\n";
  return markdown + "\n";
}

std::string examples(const Verb& verb) {
  if (verb.examples.empty()) return {};
  std::string markdown = "```sh\n";
  for (const auto& example : verb.examples) {
    if (&example != &verb.examples.front()) markdown += "\n";
    markdown += "# " + example.explanation + "\n" + typed(example) + "\n";
  }
  return markdown + "```\n\n";
}

std::string verb_section(const std::vector<const Verb*>& path) {
  const Verb& verb = *path.back();
  std::string markdown = std::string(path.size() > 2 ? "##" : "#") + " " + full_name(path) + "\n\n";
  markdown += sentence(verb.summary) + "\n\n```text\n" + synopsis(path) + "\n```\n\n";
  markdown += paragraphs(verb.description) + "\n";
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& positional : verb.positionals)
    rows.emplace_back(positional.name, positional_text(positional));
  markdown += table("Argument", rows);
  rows.clear();
  for (const auto& flag : verb.flags) rows.emplace_back(flag_heading(flag), flag_text(flag));
  markdown += table("Flag", rows) + examples(verb);
  return markdown;
}

std::string overview(const Verb& program) {
  std::string markdown = std::string(kNotice) + "# The aiops reference\n\n";
  markdown += paragraphs(program.description) + "\n```text\n" + synopsis({&program}) + "\n```\n\n";
  for (const auto& group : verb_groups(program)) {
    markdown += "## " + group.title + "\n\n| Verb | |\n|---|---|\n";
    for (const Verb* verb : group.verbs)
      markdown += "| [" + code(verb->name) + "](" + verb->name + ".md) | " +
                  escaped(sentence(verb->summary)) + " |\n";
    markdown += "\n";
  }
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& flag : program.flags) rows.emplace_back(flag_heading(flag), flag_text(flag));
  markdown += "## Global flags\n\nThey stand before or after the verb.\n\n" + table("Flag", rows);
  markdown += "## Topics\n\n";
  for (const auto& topic : topics(program))
    markdown += "- [" + topic.summary + "](topic-" + topic.name + ".md)\n";
  return markdown;
}

// The text without blank lines at its end, and with one newline.
std::string trimmed(std::string text) {
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

}  // namespace

std::vector<Document> markdown_reference(const Verb& program) {
  std::vector<Document> pages{{"README.md", trimmed(overview(program))}};
  for_each_verb(program, [&](const std::vector<const Verb*>& path) {
    if (path.size() == 1) return;
    if (path.size() == 2) pages.push_back({path.back()->name + ".md", kNotice});
    pages.back().text += verb_section(path);
  });
  for (auto& page : pages) page.text = trimmed(std::move(page.text));
  for (const auto& topic : topics(program))
    pages.push_back(
        {"topic-" + topic.name + ".md",
         trimmed(std::string(kNotice) + "# " + topic.summary + "\n\n" + paragraphs(topic.text))});
  return pages;
}

std::string example_list(const Verb& program) {
  std::string lines;
  for_each_verb(program, [&](const std::vector<const Verb*>& path) {
    for (const auto& example : path.back()->examples) {
      const OrderedJson line{{"verb", full_name(path)},
                             {"command", typed(example)},
                             {"explanation", example.explanation}};
      lines += to_text(line) + "\n";
    }
  });
  return lines;
}

}  // namespace aiops
