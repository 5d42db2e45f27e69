// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.hpp"

#include "base/error.hpp"
#include "base/spelling.hpp"
#include "cli/text.hpp"

#include <algorithm>

namespace aiops {
namespace {

[[noreturn]] void refuse(std::string message, std::string mend) {
  throw Error(ExitCode::usage, std::move(message), std::move(mend));
}

std::string help_command(const std::vector<const Verb*>& path) {
  return full_name(path) + " --help";
}

std::string in_quotes(std::string_view word) { return "'" + printable(word) + "'"; }

// Arity as a range of how many words.
struct Span {
  std::size_t least;
  std::size_t most;
};

Span span_of(Positional::Arity arity) {
  constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);
  switch (arity) {
    case Positional::Arity::required:
      return {1, 1};
    case Positional::Arity::optional:
      return {0, 1};
    case Positional::Arity::any:
      return {0, kNoLimit};
    case Positional::Arity::at_least_one:
      return {1, kNoLimit};
  }
  return {0, 0};
}

[[noreturn]] void refuse_flag(const std::vector<const Verb*>& path, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const Verb* verb : {path.back(), path.front()})
    for (const auto& flag : verb->flags) known.push_back("--" + flag.name);
  const auto close = name.starts_with("--") ? nearest(name, known) : std::nullopt;
  refuse("unknown flag " + in_quotes(name) + (path.size() > 1 ? " for " + full_name(path) : ""),
         close ? "did you mean '" + *close + "'?" : help_command(path));
}

[[noreturn]] void refuse_verb(const std::vector<const Verb*>& path, const std::string& word) {
  std::vector<std::string> known;
  for (const auto& verb : path.back()->verbs)
    if (!verb.hidden) known.push_back(verb.name);
  const auto close = nearest(word, known);
  const std::string name = path.size() > 1 ? full_name(path) + " has no verb " : "unknown verb ";
  refuse(name + in_quotes(word),
         close ? "did you mean '" + full_name(path) + " " + *close + "'?" : help_command(path));
}

void check_choice(const std::vector<std::string>& choices, const std::string& value,
                  const std::string& what) {
  if (choices.empty() || std::ranges::count(choices, value) > 0) return;
  const auto close = nearest(value, choices);
  refuse(what + " must be one of " + join(choices, ", ") + ", not " + in_quotes(value),
         close ? "did you mean '" + *close + "'?" : "");
}

}  // namespace

std::string full_name(const std::vector<const Verb*>& path) {
  std::vector<std::string> names;
  for (const Verb* verb : path) names.push_back(verb->name);
  return join(names, " ");
}

const Flag* find_flag(const std::vector<const Verb*>& path, const std::string& word) {
  const bool is_long = word.starts_with("--");
  const std::string name = is_long ? word.substr(2, word.find('=') - 2) : word.substr(1, 1);
  for (const Verb* verb : {path.back(), path.front()}) {
    for (const auto& flag : verb->flags)
      if (is_long ? flag.name == name : !name.empty() && flag.letter == name[0]) return &flag;
  }
  return nullptr;
}

bool insists_on_choices(const Positional& positional) {
  return positional.complete != Complete::file;
}

std::string usage_of(const Positional& positional) {
  switch (positional.arity) {
    case Positional::Arity::required:
      return positional.name;
    case Positional::Arity::optional:
      return "[" + positional.name + "]";
    case Positional::Arity::any:
      return "[" + positional.name + "]…";
    case Positional::Arity::at_least_one:
      return positional.name + "…";
  }
  return positional.name;
}

void refuse_unknown_words(const std::vector<const Verb*>& path,
                          const std::vector<std::string>& extras) {
  std::string verb;
  for (const auto& word : extras) {
    if (word == "--") continue;  // the mark that ends the flags
    if (verb.empty() && word.starts_with('-') && word.size() > 1) refuse_flag(path, word);
    if (verb.empty()) verb = word;
  }
  if (!verb.empty()) refuse_verb(path, verb);
}

void refuse_incomplete(const std::vector<const Verb*>& path,
                       const std::vector<std::string>& words) {
  for (const auto& word : words) {
    const auto equals = word.find('=');
    if (!word.starts_with("--") || equals == std::string::npos) continue;
    const Flag* flag = find_flag(path, word);
    if (flag != nullptr && flag->value.empty())
      refuse("--" + flag->name + " takes no value", "--" + flag->name);
  }
  const std::string last = words.empty() ? "" : words.back();
  const std::string letter = last.empty() ? "" : std::string("-") + last.back();
  const Flag* flag = find_flag(path, last.starts_with("--") ? last : letter);
  if (flag == nullptr || flag->value.empty())
    refuse("cannot read this command line", help_command(path));
  refuse("--" + flag->name + " needs a value", "--" + flag->name + " " + flag->value);
}

void check_flags(const Verb& verb, const Arguments& arguments) {
  for (const auto& [name, values] : arguments.flags) {
    const Flag& flag = *std::ranges::find(verb.flags, name, &Flag::name);
    if (flag.value.empty()) continue;
    if (values.size() > 1 && !flag.repeat)
      refuse("--" + name + " is given " + std::to_string(values.size()) + " times",
             "give --" + name + " once");
    for (const auto& value : values) check_choice(flag.choices, value, "--" + name);
  }
}

void distribute_words(const std::vector<const Verb*>& path, const std::vector<std::string>& words,
                      Arguments& arguments) {
  const auto& positionals = path.back()->positionals;
  std::size_t needed = 0;
  for (const auto& positional : positionals) needed += span_of(positional.arity).least;
  std::size_t next = 0;
  for (const auto& positional : positionals) {
    const Span span = span_of(positional.arity);
    const std::size_t left = words.size() - next;
    if (left < span.least)
      refuse(full_name(path) + " needs " + positional.name, help_command(path));
    needed -= span.least;
    const std::size_t count = std::min(span.most, left > needed ? left - needed : span.least);
    for (std::size_t i = 0; i < count; ++i) {
      if (insists_on_choices(positional))
        check_choice(positional.choices, words[next], positional.name);
      arguments.positionals[positional.name].push_back(words[next++]);
    }
  }
  if (next < words.size())
    refuse("unexpected word " + in_quotes(words[next]) + " for " + full_name(path),
           help_command(path));
}

}  // namespace aiops
