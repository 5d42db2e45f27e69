// SPDX-License-Identifier: Apache-2.0
// roff by the rules of man(7): every line of text is filled, so a line that must stay as it is
// stands between .nf and .fi; a dot or an apostrophe at the start of a line, a backslash and a dash
// that is to be copied are escaped.
#include "base/error.hpp"
#include "base/version.hpp"
#include "cli/configuration.hpp"
#include "cli/documents.hpp"
#include "cli/help.hpp"
#include "cli/text.hpp"
#include "cli/topics.hpp"
#include "cli/usage.hpp"

#include <algorithm>

namespace aiops {
namespace {

// `text` for roff. Everything but ASCII becomes \[uXXXX], so the pages read the same in any locale.
std::string escaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      if (byte == '\\') {
        result += "\\e";
      } else if (byte == '-') {
        result += "\\-";
      } else if (byte == '\'') {
        result += "\\(aq";
      } else if (byte == '`') {
        result += "\\(ga";
      } else if (byte == '^') {
        result += "\\(ha";
      } else if (byte == '~') {
        result += "\\(ti";
      } else {
        result += text[i];
      }
      ++i;
      continue;
    }
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    unsigned code = byte & (0xFFu >> (length + 1));
    for (std::size_t j = 1; j < length && i + j < text.size(); ++j)
      code = code << 6 | (static_cast<unsigned char>(text[i + j]) & 0x3Fu);
    char name[16];
    std::snprintf(name, sizeof name, "\\[u%04X]", code);
    result += name;
    i += length;
  }
  return result;
}

// A line of its own: guarded against being taken for a request.
std::string text_line(std::string_view text) {
  std::string line = escaped(text);
  if (line.starts_with('.') || line.starts_with('\'')) line.insert(0, "\\&");
  return line + "\n";
}

std::string section(const char* title) { return ".SH " + std::string(title) + "\n"; }

// Paragraphs, with indented lines kept as they are.
std::string paragraphs(std::string_view text) {
  std::string roff;
  bool verbatim = false;
  bool fresh = true;
  for (const auto& line : split(text, '\n')) {
    const bool kept = line.starts_with(' ');
    if (kept != verbatim && !line.empty()) {
      roff += kept ? ".PP\n.nf\n" : ".fi\n.PP\n";
      verbatim = kept;
      fresh = true;
    }
    if (line.empty())
      fresh = false;
    else {
      if (!fresh && !verbatim && !roff.empty()) roff += ".PP\n";
      roff += text_line(line);
      fresh = true;
    }
  }
  if (verbatim) roff += ".fi\n";
  return roff;
}

std::string item(std::string_view heading, std::string_view text) {
  return ".TP\n\\fB" + escaped(heading) + "\\fR\n" + text_line(text);
}

std::string flag_items(const std::vector<Flag>& flags) {
  std::string roff;
  for (const auto& flag : flags) {
    std::string heading =
        flag.letter == '\0' ? "" : std::string("\\fB\\-") + flag.letter + "\\fR, ";
    heading += "\\fB" + escaped("--" + flag.name) + "\\fR";
    if (!flag.value.empty()) heading += " \\fI" + escaped(flag.value) + "\\fR";
    roff += ".TP\n" + heading + "\n" + text_line(sentence(flag_text(flag)));
  }
  return roff;
}

std::string exit_status() {
  std::string roff = section("EXIT STATUS");
  for (const auto& entry : exit_codes())
    roff += item(std::to_string(static_cast<int>(entry.code)), sentence(entry.meaning));
  return roff;
}

std::string environment(const Verb& verb) {
  std::string roff;
  for (const auto& setting : all_settings(verb))
    roff += item(environment_name(setting.key),
                 sentence(setting.flag->help) + " Configuration key " + setting.key + ".");
  return roff;
}

std::string examples(const Verb& verb) {
  if (verb.examples.empty()) return {};
  std::string roff = section("EXAMPLES");
  for (const auto& example : verb.examples) {
    roff += ".PP\n" + text_line(sentence(example.explanation)) + ".PP\n.RS 4\n.nf\n";
    for (const auto& line : split(typed(example), '\n')) roff += text_line(line);
    roff += ".fi\n.RE\n";
  }
  return roff;
}

std::string page_name(const std::vector<const Verb*>& path) {
  std::vector<std::string> names;
  for (const Verb* verb : path) names.push_back(verb->name);
  return join(names, "-");
}

std::string see_also(const std::vector<const Verb*>& path) {
  std::vector<std::string> pages;
  const auto add = [&](const std::vector<const Verb*>& to) {
    pages.push_back("\\fB" + escaped(page_name(to)) + "\\fR(1)");
  };
  if (path.size() > 1) add({path.begin(), path.end() - 1});
  for (const Verb& child : path.back()->verbs) {
    if (child.hidden) continue;
    auto to = path;
    to.push_back(&child);
    add(to);
  }
  return section("SEE ALSO") + join(pages, ",\n") + "\n";
}

std::string body(const std::vector<const Verb*>& path) {
  const Verb& verb = *path.back();
  std::string roff = section("DESCRIPTION") + paragraphs(verb.description);
  std::string list;
  for (const auto& positional : verb.positionals)
    list += item(positional.name, sentence(positional_text(positional)));
  if (path.size() > 1)
    for (const auto& child : verb.verbs)
      if (!child.hidden) list += item(child.name, sentence(child.summary));
  if (path.size() == 1) {
    for (const auto& group : verb_groups(verb)) {
      list += ".SS " + escaped(group.title) + "\n";
      for (const Verb* child : group.verbs) list += item(child->name, sentence(child->summary));
    }
  }
  if (!list.empty()) roff += section(verb.verbs.empty() ? "ARGUMENTS" : "VERBS") + list;
  if (!verb.flags.empty()) roff += section("OPTIONS") + flag_items(verb.flags);
  if (path.size() > 1) roff += ".PP\nThe global flags are described in \\fBaiops\\fR(1).\n";
  return roff;
}

Document man_page(const std::vector<const Verb*>& path) {
  const Verb& verb = *path.back();
  const std::string name = page_name(path);
  std::string upper = name;
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  std::string roff = ".\\\" Made by 'aiops __docs man'. Do not edit.\n";
  roff += ".TH " + upper + " 1 \"\" \"aiops " + kVersion + "\" \"aiops manual\"\n";
  roff += ".nh\n.ad l\n";
  roff += section("NAME") + escaped(name) + " \\- " + escaped(verb.summary) + "\n";
  roff += section("SYNOPSIS") + text_line(synopsis(path)) + body(path);
  if (path.size() == 1) {
    for (const auto& topic : topics(verb)) {
      if (topic.name == "references") roff += section("REFERENCES") + paragraphs(topic.text);
      if (topic.name == "formats") roff += section("OUTPUT") + paragraphs(topic.text);
    }
  }
  roff += exit_status();
  const std::string variables = environment(verb);
  if (!variables.empty()) roff += section("ENVIRONMENT") + variables;
  roff += examples(verb) + see_also(path);
  return {name + ".1", std::move(roff)};
}

}  // namespace

std::vector<Document> man_pages(const Verb& program) {
  std::vector<Document> pages;
  for_each_verb(program, [&](const auto& path) { pages.push_back(man_page(path)); });
  return pages;
}

}  // namespace aiops
