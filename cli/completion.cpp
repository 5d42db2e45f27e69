// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"

#include "cli/text.hpp"
#include "cli/usage.hpp"

#include <algorithm>
#include <set>

namespace aiops {
namespace {

bool is_flag(std::string_view word) { return word.size() > 1 && word.front() == '-'; }
bool is_long(std::string_view word) { return word.starts_with("--"); }

// The words before the current one, understood.
struct Walk {
  std::vector<const Verb*> path;
  const Flag* pending = nullptr;             // a flag whose value is the current word
  bool only_positionals = false;             // after `--`
  std::set<std::string, std::less<>> given;  // names of flags
  CompletionPlace place;
};

void note_value(Walk& walk, const Flag& flag, const std::string& value) {
  walk.place.flags[flag.name] = value;
}

// "-qvo", "-ojson": letters up to the first that takes a value.
void walk_letters(Walk& walk, const std::string& word) {
  for (std::size_t i = 1; i < word.size(); ++i) {
    const Flag* flag = find_flag(walk.path, std::string("-") + word[i]);
    if (flag == nullptr) return;
    walk.given.insert(flag->name);
    if (flag->value.empty()) continue;
    if (i + 1 == word.size())
      walk.pending = flag;
    else
      note_value(walk, *flag, word.substr(i + 1));
    return;
  }
}

void walk_flag(Walk& walk, const std::string& word) {
  if (!is_long(word)) return walk_letters(walk, word);
  const Flag* flag = find_flag(walk.path, word);
  if (flag == nullptr) return;
  walk.given.insert(flag->name);
  if (flag->value.empty()) return;
  const auto equals = word.find('=');
  if (equals == std::string::npos)
    walk.pending = flag;
  else
    note_value(walk, *flag, word.substr(equals + 1));
}

void walk_word(Walk& walk, const std::string& word) {
  if (walk.pending != nullptr) {
    note_value(walk, *walk.pending, word);
    walk.pending = nullptr;
    return;
  }
  if (!walk.only_positionals && word == "--") {
    walk.only_positionals = true;
    return;
  }
  if (!walk.only_positionals && is_flag(word)) return walk_flag(walk, word);
  const auto& verbs = walk.path.back()->verbs;
  const auto at = std::ranges::find(verbs, word, &Verb::name);
  if (at != verbs.end() && !walk.only_positionals)
    walk.path.push_back(&*at);
  else
    walk.place.positionals.push_back(word);
}

// The positional that the next word fills, or null when all are taken.
const Positional* next_positional(const Walk& walk) {
  std::size_t taken = walk.place.positionals.size();
  for (const auto& positional : walk.path.back()->positionals) {
    const bool many = positional.arity == Positional::Arity::any ||
                      positional.arity == Positional::Arity::at_least_one;
    if (many || taken == 0) return &positional;
    --taken;
  }
  return nullptr;
}

Completion values_of(const Flag& flag, std::string_view prefix, const Walk& walk) {
  return complete_value(flag.complete, flag.choices, flag.suffixes, prefix, walk.place);
}

// Long names of the verb and of the program, but for those that are given and may not be repeated.
// Short ones are offered where they are already typed, or where a lone dash asks for all.
Completion flags_for(const Walk& walk, const std::string& current) {
  Completion completion;
  std::vector<const Verb*> owners{walk.path.back()};
  if (walk.path.size() > 1) owners.push_back(walk.path.front());
  for (const Verb* owner : owners) {
    for (const auto& flag : owner->flags) {
      if (walk.given.contains(flag.name) && !flag.repeat) continue;
      completion.items.push_back({"--" + flag.name, flag.help});
      if (flag.letter != '\0' && current == std::string("-") + flag.letter)
        completion.items.push_back({current, flag.help});
    }
  }
  return completion;
}

// "-ojs": the value sticks to its letter. The letter stays in front of each value.
Completion stuck_value(const Walk& walk, const std::string& current) {
  for (std::size_t i = 1; i + 1 < current.size(); ++i) {
    const Flag* flag = find_flag(walk.path, std::string("-") + current[i]);
    if (flag == nullptr) return {};
    if (flag->value.empty()) continue;
    Completion completion = values_of(*flag, current.substr(i + 1), walk);
    if ((completion.directive & (kFilesBySuffix | kDirectories)) != 0) return {};
    for (auto& item : completion.items) item.value.insert(0, current.substr(0, i + 1));
    return completion;
  }
  return {};
}

Completion verbs_for(const Walk& walk) {
  Completion completion;
  for (const auto& verb : walk.path.back()->verbs)
    if (!verb.hidden) completion.items.push_back({verb.name, verb.summary});
  return completion;
}

// What may stand in the place of `current`, and the part of it that the values begin with.
std::pair<Completion, std::string> offered(const Walk& walk, const std::string& current) {
  if (walk.pending != nullptr) return {values_of(*walk.pending, current, walk), current};
  if (!walk.only_positionals && is_long(current) && current.find('=') != std::string::npos) {
    const Flag* flag = find_flag(walk.path, current);
    const std::string prefix = current.substr(current.find('=') + 1);
    if (flag == nullptr || flag->value.empty()) return {};
    return {values_of(*flag, prefix, walk), prefix};
  }
  if (!walk.only_positionals && !current.empty() && current.front() == '-') {
    if (current.size() > 2 && !is_long(current)) return {stuck_value(walk, current), current};
    return {flags_for(walk, current), current};
  }
  if (!walk.path.back()->verbs.empty()) return {verbs_for(walk), current};
  const Positional* positional = next_positional(walk);
  if (positional == nullptr) return {};
  return {complete_value(positional->complete, positional->choices, positional->suffixes, current,
                         walk.place),
          current};
}

}  // namespace

Completion complete(const Verb& program, const std::vector<std::string>& words,
                    const Environment& environment) {
  Walk walk;
  walk.path = {&program};
  walk.place.program = &program;
  walk.place.environment = &environment;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) walk_word(walk, unquoted(words[i]));
  const std::string current = words.empty() ? "" : unquoted(words.back());
  auto [completion, prefix] = offered(walk, current);
  if ((completion.directive & kFilesBySuffix) != 0) return completion;
  std::erase_if(completion.items, [&prefix = prefix](const Candidate& item) {
    return !item.value.starts_with(prefix);
  });
  // A word that ends like a path or a transport goes on.
  const auto goes_on = [](const Candidate& item) {
    return item.value.ends_with('/') || item.value.ends_with(':');
  };
  if (!completion.items.empty() && std::ranges::all_of(completion.items, goes_on))
    completion.directive |= kNoSpace;
  return completion;
}

std::string unquoted(std::string_view word) {
  std::string result;
  char quote = '\0';
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else if (c == '\\' && quote != '\'' && i + 1 < word.size()) {
      result += word[++i];
    } else {
      result += c;
    }
  }
  return result;
}

std::string format_completion(const Completion& completion) {
  std::string text;
  for (const auto& item : completion.items) {
    if (printable(item.value) != item.value) continue;
    text += item.value;
    if (!item.help.empty()) text += '\t' + printable(item.help);
    text += '\n';
  }
  return text + ":" + std::to_string(completion.directive) + "\n";
}

}  // namespace aiops
