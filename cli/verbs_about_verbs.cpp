// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs_about_verbs.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/spelling.hpp"
#include "cli/documents.hpp"
#include "cli/help.hpp"
#include "cli/help_json.hpp"
#include "cli/terminal.hpp"
#include "cli/text.hpp"
#include "cli/topics.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <optional>

namespace aiops {
namespace {

Verb help_verb() {
  Verb verb;
  verb.name = "help";
  verb.summary = "Explain a verb or a topic";
  verb.description =
      "Shows the page of a verb, as 'aiops VERB --help' does, or of a topic: environment, "
      "exit-codes, formats, references. With -o json the page is one object.";
  verb.positionals = {{.name = "TOPIC",
                       .help = "A topic, or a verb and its subverb",
                       .arity = Positional::Arity::any,
                       .complete = Complete::topic}};
  verb.examples = {
      {"aiops help exit-codes", "what the exit status says"},
      {"aiops help environment", "which variables and configuration keys there are"},
  };
  return verb;
}

Verb docs_verb() {
  Verb verb;
  verb.name = "__docs";
  verb.summary = "Write the documents that are made from the verbs";
  verb.hidden = true;
  verb.positionals = {{.name = "KIND",
                       .help = "What to write",
                       .complete = Complete::choice,
                       .choices = {"man", "markdown", "examples"}},
                      {.name = "DIR",
                       .help = "Where to; examples go to standard output",
                       .arity = Positional::Arity::optional,
                       .complete = Complete::directory}};
  return verb;
}

void write_documents(const std::vector<Document>& documents, const std::filesystem::path& to) {
  make_directories(to);
  for (const auto& document : documents) write_file_atomically(to / document.file, document.text);
}

void run_docs(const Verb& program, const Arguments& arguments) {
  const std::string kind = arguments.word("KIND");
  if (kind == "examples") return write_out(STDOUT_FILENO, example_list(program));
  const auto to = arguments.optional_word("DIR");
  if (!to) throw Error(ExitCode::usage, "aiops __docs " + kind + " needs DIR");
  write_documents(kind == "man" ? man_pages(program) : markdown_reference(program), *to);
}

[[noreturn]] void refuse_topic(const Verb& program, const std::string& word) {
  std::vector<std::string> known;
  for (const auto& topic : topics(program)) known.push_back(topic.name);
  for (const auto& verb : program.verbs)
    if (!verb.hidden) known.push_back(verb.name);
  const auto close = nearest(word, known);
  throw Error(ExitCode::usage, "no help about '" + printable(word) + "'",
              close ? "did you mean 'aiops help " + *close + "'?" : "aiops --help");
}

std::optional<Topic> topic_of(const Verb& program, const std::vector<std::string>& words) {
  if (words.size() != 1) return std::nullopt;
  for (auto& topic : topics(program))
    if (words.front() == topic.name) return std::move(topic);
  return std::nullopt;
}

std::vector<const Verb*> path_of(const Verb& program, const std::vector<std::string>& words) {
  std::vector<const Verb*> path{&program};
  for (const auto& word : words) {
    const auto& verbs = path.back()->verbs;
    const auto at = std::ranges::find(verbs, word, &Verb::name);
    if (at == verbs.end()) refuse_topic(program, word);
    path.push_back(&*at);
  }
  return path;
}

std::string topic_page(const Topic& topic, std::size_t width, const Style& style) {
  return style.bold(topic.summary) + "\n\n" +
         indented(topic.text, 0, std::min<std::size_t>(width, 100));
}

}  // namespace

std::vector<Verb> verbs_about_verbs() { return {help_verb(), docs_verb()}; }

bool is_about_verbs(const Verb& verb) { return verb.name == "help" || verb.name == "__docs"; }

void run_about_verbs(const CommandLine& line, Format format, const Style& style,
                     std::size_t width) {
  const Verb& program = *line.path.front();
  if (line.path.back()->name == "__docs") return run_docs(program, line.arguments);
  const auto words = line.arguments.words("TOPIC");
  const bool json = format == Format::json;
  if (const auto topic = topic_of(program, words))
    return write_out(STDOUT_FILENO,
                     json ? to_text(help_value(*topic)) + "\n" : topic_page(*topic, width, style));
  const auto path = path_of(program, words);
  write_out(STDOUT_FILENO, json ? to_text(help_value(path)) + "\n" : help_page(path, width, style));
}

}  // namespace aiops
