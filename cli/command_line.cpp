// SPDX-License-Identifier: Apache-2.0
// The one file that knows CLI11.
//
// CLI11 walks the words: verbs, long and short flags, grouped letters, `--`, global flags on either
// side of the verb. All that it would say or decide beyond that is turned off, because its messages
// and its exit codes (100 to 127) are not ours: nothing is required, extras are allowed, and each
// verb has one positional that takes every word. What was collected is then checked against the
// same Verb structs that made the parser.
//
// Three habits of CLI11 2.1.2 are kept away from the user:
//  - `--flag=` (an empty value) would swallow the next word, and a lone `++` would end a verb: such
//    words carry a mark through the parser that is taken off again;
//  - a value in brackets, `[a,b]`, is split at commas when an option may take extra arguments: none
//    may here, so the catch-all positional is declared with a fixed large arity in its place;
//  - get_subcommands() without a filter lists the parsed ones only, which is just what we ask.
#include "cli/command_line.hpp"

#include "base/error.hpp"
#include "cli/usage.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <memory>

namespace aiops {
namespace {

constexpr char kMark = '\x1f';  // after "--flag=" and "++" on their way through the parser
constexpr const char* kWords = "words";
constexpr int kManyWords = 1 << 16;

std::string cli11_name(const Flag& flag) {
  return (flag.letter == '\0' ? "" : std::string("-") + flag.letter + ",") + "--" + flag.name;
}

void declare(CLI::App& app, const Verb& verb) {
  app.set_help_flag();
  app.allow_extras();
  app.fallthrough();
  for (const auto& flag : verb.flags) {
    CLI::Option* option =
        flag.value.empty() ? app.add_flag(cli11_name(flag)) : app.add_option(cli11_name(flag));
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (flag.value.empty()) option->disable_flag_override();
  }
  if (verb.verbs.empty()) {
    app.add_option(kWords)
        ->expected(kManyWords)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  for (const auto& child : verb.verbs) declare(*app.add_subcommand(child.name), child);
  if (!verb.verbs.empty()) app.require_subcommand(0, 1);
}

std::vector<std::string> marked(const std::vector<std::string>& words) {
  std::vector<std::string> result = words;
  for (auto& word : result) {
    const bool empty_value = word.starts_with("--") && word.ends_with('=');
    if (empty_value || word == "++") word += kMark;
  }
  return result;
}

std::vector<std::string> unmarked(std::vector<std::string> words) {
  for (auto& word : words)
    if (!word.empty() && word.back() == kMark) word.pop_back();
  return words;
}

void take_flags(const CLI::App& app, const Verb& verb, Arguments& into) {
  for (const auto& flag : verb.flags) {
    const CLI::Option* option = app.get_option("--" + flag.name);
    if (option->count() > 0) into.flags[flag.name] = unmarked(option->results());
  }
}

struct Walk {
  std::vector<const Verb*> path;
  std::vector<const CLI::App*> apps;
};

// The chain of verbs that were found, from the program to the last.
Walk walk(const Verb& program, const CLI::App& root) {
  Walk found{{&program}, {&root}};
  while (true) {
    const auto parsed = found.apps.back()->get_subcommands();
    if (parsed.empty()) return found;
    const Verb& parent = *found.path.back();
    found.path.push_back(
        &*std::ranges::find(parent.verbs, parsed.front()->get_name(), &Verb::name));
    found.apps.push_back(parsed.front());
  }
}

// `device --require cuda plan`: what a family takes when it runs by itself is not its verbs'.
void refuse_flags_of_families(const Walk& found) {
  for (std::size_t i = 1; i + 1 < found.path.size(); ++i)
    for (const auto& flag : found.path[i]->flags)
      if (found.apps[i]->get_option("--" + flag.name)->count() > 0)
        refuse_unknown_words(found.path, {"--" + flag.name});
}

}  // namespace

CommandLine parse_command_line(const Verb& program, const std::vector<std::string>& words,
                               const Settings& settings) {
  CLI::App root("", program.name);
  declare(root, program);
  auto reversed = marked(words);
  std::ranges::reverse(reversed);  // CLI11 takes its words from the back
  bool complete = true;
  try {
    root.parse(reversed);
  } catch (const CLI::ParseError&) {
    complete = false;
  }
  const Walk found = walk(program, root);
  const Verb& verb = *found.path.back();
  CommandLine line{found.path, Arguments(program, settings), Arguments(verb, settings)};
  take_flags(root, program, line.globals);
  if (line.globals.flags.contains("version")) return line;

  const std::vector<std::string> extras = unmarked(root.remaining(true));
  refuse_unknown_words(found.path, extras);
  if (line.globals.flags.contains("help")) return line;
  if (!complete) refuse_incomplete(found.path, words);
  line.bare = !verb.verbs.empty() && !verb.run;
  check_flags(program, line.globals);
  refuse_flags_of_families(found);
  if (line.bare) return line;

  take_flags(*found.apps.back(), verb, line.arguments);
  check_flags(verb, line.arguments);
  if (verb.verbs.empty())
    distribute_words(found.path, unmarked(found.apps.back()->get_option(kWords)->results()),
                     line.arguments);
  return line;
}

}  // namespace aiops
