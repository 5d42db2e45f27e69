// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hpp"

#include "cli/configuration.hpp"
#include "cli/text.hpp"
#include "cli/usage.hpp"

#include <algorithm>

namespace aiops {
namespace {

constexpr std::size_t kWidest = 100;   // longer lines are hard to read
constexpr std::size_t kHeadings = 28;  // a longer heading has its text on the next line

using Entry = std::pair<std::string, std::string>;

// Headings on the left, their texts wrapped on the right.
std::string entries(const std::vector<Entry>& list, std::size_t width, const Style& style) {
  std::size_t column = 0;
  for (const auto& [heading, text] : list) {
    const std::size_t size = display_width(heading);
    if (size <= kHeadings) column = std::max(column, size);
  }
  const std::size_t indent = column + 4;
  std::string page;
  for (const auto& [heading, text] : list) {
    const auto lines = wrap(text, width > indent + 20 ? width - indent : 20);
    const bool beside = display_width(heading) <= column && !lines.empty();
    page += "  " + style.bold(heading);
    if (beside) page += std::string(column + 2 - display_width(heading), ' ') + lines.front();
    page += '\n';
    for (std::size_t i = beside ? 1 : 0; i < lines.size(); ++i)
      page += std::string(indent, ' ') + lines[i] + '\n';
  }
  return page;
}

std::string title(std::string_view text, const Style& style) {
  return "\n" + style.bold(std::string(text) + ":") + "\n";
}

std::vector<Entry> flag_entries(const std::vector<Flag>& flags) {
  std::vector<Entry> list;
  for (const auto& flag : flags)
    list.emplace_back((flag.letter == '\0' ? "    " : "") + flag_heading(flag), flag_text(flag));
  return list;
}

std::string verb_lists(const Verb& program, std::size_t width, const Style& style) {
  std::string page;
  std::size_t column = 0;
  for (const auto& verb : program.verbs)
    if (!verb.hidden) column = std::max(column, display_width(verb.name));
  for (const auto& group : verb_groups(program)) {
    std::vector<Entry> list;
    for (const Verb* verb : group.verbs) list.emplace_back(pad(verb->name, column), verb->summary);
    page += title(group.title, style) + entries(list, width, style);
  }
  return page;
}

std::string examples(const Verb& verb, const Style& style) {
  if (verb.examples.empty()) return {};
  std::string page = title("Examples", style);
  for (const auto& example : verb.examples) {
    page += "  " + style.faint("# ") + style.faint(example.explanation) + '\n';
    page += "  " + typed(example) + '\n';
    if (&example != &verb.examples.back()) page += '\n';
  }
  return page;
}

std::string global_flags_line(const Verb& program, std::size_t width, const Style& style) {
  std::vector<std::string> names;
  for (const auto& flag : program.flags)
    names.push_back(flag.letter == '\0' ? "--" + flag.name : std::string("-") + flag.letter);
  return title("Global flags", style) +
         indented(join(names, " ") + " (see 'aiops --help')", 2, width);
}

}  // namespace

std::string typed(const Example& example) {
  return example.command.starts_with("$ ") ? example.command.substr(2) : example.command;
}

std::string sentence(std::string_view phrase) {
  std::string text(phrase);
  if (text.empty()) return text;
  if (text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  if (text.back() != '.') text += '.';
  return text;
}

std::string synopsis(const std::vector<const Verb*>& path) {
  const Verb& verb = *path.back();
  std::string text = full_name(path);
  if (!verb.verbs.empty() && !verb.run)
    return text + (path.size() == 1 ? " [FLAG]… VERB [ARGUMENT]…" : " VERB [ARGUMENT]…");
  if (!verb.verbs.empty()) return text + " [FLAG]…, or " + text + " VERB [ARGUMENT]…";
  if (!verb.flags.empty()) text += " [FLAG]…";
  for (const auto& positional : verb.positionals) text += " " + usage_of(positional);
  return text;
}

std::string flag_heading(const Flag& flag) {
  std::string text = flag.letter == '\0' ? "" : std::string("-") + flag.letter + ", ";
  text += "--" + flag.name;
  if (!flag.value.empty()) text += " " + flag.value;
  return text;
}

std::string flag_text(const Flag& flag) {
  std::string text = flag.help;
  if (!flag.choices.empty()) text += "; one of " + join(flag.choices, ", ");
  if (!flag.fallback.empty()) text += "; default " + flag.fallback;
  if (flag.repeat) text += "; may be given several times";
  if (!flag.setting.empty()) text += "; configuration " + flag.setting;
  return text;
}

std::string positional_text(const Positional& positional) {
  std::string text = positional.help;
  if (!positional.choices.empty() && insists_on_choices(positional))
    text += "; one of " + join(positional.choices, ", ");
  return text;
}

std::vector<VerbGroup> verb_groups(const Verb& program) {
  static const std::vector<std::pair<const char*, std::vector<const char*>>> kGroups{
      {"Package", {"init", "pack", "unpack", "inspect", "diff", "lineage"}},
      {"Store and registries",
       {"ls", "tag", "rm", "store", "push", "pull", "copy", "referrers", "login", "logout"}},
      {"Trust", {"key", "sign", "verify", "attest", "policy", "sbom"}},
      {"Train and use", {"train", "checkpoint", "generate", "eval", "tokenizer"}},
      {"Measure", {"bench", "device"}},
      {"Other", {"emit", "config", "completion", "version", "help"}},
  };
  std::vector<VerbGroup> groups;
  std::vector<const Verb*> left;
  for (const auto& verb : program.verbs)
    if (!verb.hidden) left.push_back(&verb);
  for (const auto& [name, members] : kGroups) {
    VerbGroup group{name, {}};
    for (const auto* member : members) {
      const auto at = std::ranges::find(left, member, [](const Verb* verb) { return verb->name; });
      if (at == left.end()) continue;
      group.verbs.push_back(*at);
      left.erase(at);
    }
    groups.push_back(std::move(group));
  }
  for (const Verb* verb : left) groups.back().verbs.push_back(verb);
  std::erase_if(groups, [](const VerbGroup& group) { return group.verbs.empty(); });
  return groups;
}

void for_each_verb(const Verb& program,
                   const std::function<void(const std::vector<const Verb*>&)>& visit) {
  std::vector<const Verb*> path{&program};
  const std::function<void()> descend = [&] {
    visit(path);
    for (const auto& verb : path.back()->verbs) {
      if (verb.hidden) continue;
      path.push_back(&verb);
      descend();
      path.pop_back();
    }
  };
  descend();
}

std::string short_help(const Verb& program, std::size_t width, const Style& style) {
  width = std::min(width, kWidest);
  return style.bold("aiops") + ": " + program.summary + "\n\n" + style.bold("Usage:") + " " +
         synopsis({&program}) + "\n" + verb_lists(program, width, style) + "\n" +
         indented("'aiops VERB --help' explains a verb, 'aiops --help' the global flags.", 0,
                  width);
}

std::string help_page(const std::vector<const Verb*>& path, std::size_t width, const Style& style) {
  width = std::min(width, kWidest);
  const Verb& verb = *path.back();
  std::string page = style.bold(full_name(path)) + ": " + verb.summary + "\n\n";
  page += style.bold("Usage:") + " " + synopsis(path) + "\n";
  if (!verb.description.empty()) page += "\n" + indented(verb.description, 0, width);
  if (path.size() == 1) page += verb_lists(verb, width, style);
  std::vector<Entry> list;
  if (path.size() > 1)
    for (const auto& child : verb.verbs)
      if (!child.hidden) list.emplace_back(child.name, child.summary);
  if (!list.empty()) page += title("Verbs", style) + entries(list, width, style);
  list.clear();
  for (const auto& positional : verb.positionals)
    list.emplace_back(positional.name, positional_text(positional));
  if (!list.empty()) page += title("Arguments", style) + entries(list, width, style);
  const auto flags = flag_entries(verb.flags);
  if (!flags.empty())
    page +=
        title(path.size() == 1 ? "Global flags" : "Flags", style) + entries(flags, width, style);
  if (path.size() > 1) page += global_flags_line(*path.front(), width, style);
  page += examples(verb, style);
  if (path.size() == 1)
    page += "\n" + indented(
                       "Topics: 'aiops help environment', 'exit-codes', 'formats', "
                       "'references'.",
                       0, width);
  return page;
}

}  // namespace aiops
