// SPDX-License-Identifier: Apache-2.0
#include "cli/global_flags.hpp"

#include "cli/arguments.hpp"
#include "cli/verbs_about_verbs.hpp"
#include "commands/verbs.hpp"

namespace aiops {
namespace {

When when_of(const std::string& word) {
  if (word == "always") return When::always;
  return word == "never" ? When::never : When::automatic;
}

ProgressMode progress_of(const std::string& word) {
  if (word == "plain") return ProgressMode::plain;
  return word == "none" ? ProgressMode::none : ProgressMode::automatic;
}

Volume volume_of(const Arguments& arguments) {
  if (arguments.is_on("debug")) return Volume::debug;
  if (arguments.is_on("quiet")) return Volume::quiet;
  return arguments.is_on("verbose") ? Volume::verbose : Volume::normal;
}

}  // namespace

std::vector<Flag> global_flags() {
  return {
      {.name = "output",
       .letter = 'o',
       .value = "FORMAT",
       .help = "Format of the answer",
       .choices = {"text", "json"},
       .fallback = "text",
       .setting = "ui.output",
       .complete = Complete::choice},
      {.name = "quiet", .letter = 'q', .help = "Print only the id: a digest or a reference"},
      {.name = "verbose", .letter = 'v', .help = "Say each step on standard error"},
      {.name = "debug", .help = "Log requests and decisions on standard error, secrets masked"},
      {.name = "color",
       .value = "WHEN",
       .help = "Colour the output",
       .choices = {"auto", "always", "never"},
       .fallback = "auto",
       .setting = "ui.color",
       .complete = Complete::choice},
      {.name = "progress",
       .value = "HOW",
       .help = "Show progress: auto redraws a line on a terminal, plain writes lines",
       .choices = {"auto", "plain", "none"},
       .fallback = "auto",
       .setting = "ui.progress",
       .complete = Complete::choice},
      {.name = "store",
       .value = "DIR",
       .help = "Where local artifacts are kept",
       .setting = "store.path",
       .complete = Complete::directory,
       .reach = Reach::user},
      {.name = "config",
       .value = "FILE",
       .help = "Read this file in place of the user's configuration",
       .complete = Complete::file,
       .suffixes = ".yaml .yml"},
      {.name = "yes", .letter = 'y', .help = "Answer yes to every question"},
      {.name = "chdir",
       .letter = 'C',
       .value = "DIR",
       .help = "Work in DIR",
       .complete = Complete::directory},
      {.name = "help", .letter = 'h', .help = "Show help"},
      {.name = "version", .help = "Show the version"},
  };
}

Verb program_verb() {
  Verb program;
  program.name = "aiops";
  program.summary = "Train, package, sign, move and measure models";
  program.description =
      "aiops is one program for people who train, package, sign, move and measure models from a "
      "terminal or a CI script.\n\n"
      "Answers go to standard output, everything else to standard error. A name such as demo:1 is "
      "in the local store; registry.example.com/team/demo:1 is in a registry; oci:DIR:TAG is an "
      "OCI image layout. See 'aiops help references'.";
  program.flags = global_flags();
  program.verbs = commands::all_verbs();
  for (auto& verb : verbs_about_verbs()) program.verbs.push_back(std::move(verb));
  program.examples = {
      {"aiops pack demo -t demo:2", "pack a directory into the local store"},
      {"aiops ls", "see what the local store holds"},
      {"aiops help references", "learn how artifacts are named"},
  };
  return program;
}

Globals resolve_globals(const Arguments& arguments) {
  Globals globals;
  globals.format = arguments.required_text("output") == "json" ? Format::json : Format::text;
  globals.volume = volume_of(arguments);
  globals.color = when_of(arguments.required_text("color"));
  globals.progress = progress_of(arguments.required_text("progress"));
  globals.yes = arguments.is_on("yes");
  globals.store = arguments.path("store");
  return globals;
}

namespace {

// The last value of a flag on a line that may not be parsable.
std::string guess(const std::vector<std::string>& words, const std::string& name, char letter) {
  const std::string long_name = "--" + name;
  const std::string short_name = letter == '\0' ? long_name : std::string("-") + letter;
  std::string value;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    if (word == long_name || word == short_name)
      value = i + 1 < words.size() ? words[i + 1] : "";
    else if (word.starts_with(long_name + "="))
      value = word.substr(long_name.size() + 1);
    else if (letter != '\0' && word.starts_with(short_name))
      value = word.substr(2);
  }
  return value;
}

}  // namespace

Format guess_format(const std::vector<std::string>& words, const Environment& environment) {
  std::string value = guess(words, "output", 'o');
  if (value != "json" && value != "text") value = environment.get("AIOPS_UI_OUTPUT").value_or("");
  return value == "json" ? Format::json : Format::text;
}

When guess_color(const std::vector<std::string>& words, const Environment& environment) {
  const std::string value = guess(words, "color", '\0');
  return when_of(value.empty() ? environment.get("AIOPS_UI_COLOR").value_or("") : value);
}

}  // namespace aiops
