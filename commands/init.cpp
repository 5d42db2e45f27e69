// SPDX-License-Identifier: Apache-2.0
#include "commands/init.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "pack/model_facts.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace aiops::commands {
namespace {

// A YAML double-quoted scalar: JSON's strings are a part of YAML 1.2.
std::string quoted(const std::string& text) { return OrderedJson(text).dump(); }

// "key: value", commented out while there is nothing to say.
std::string entry(const char* key, const std::string& value, const char* example) {
  if (value.empty()) return std::string("# ") + key + ": " + example + "\n";
  return std::string(key) + ": " + quoted(value) + "\n";
}

std::string found_in(const std::vector<pack::SourceFile>& files, const pack::ModelFacts& facts) {
  std::array<std::pair<std::size_t, std::uint64_t>, 5> kinds{};
  for (const auto& file : files) {
    auto& [count, bytes] = kinds[static_cast<std::size_t>(file.kind)];
    ++count;
    bytes += file.size;
  }
  std::string text = "# Found here:\n";
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (kinds[i].first > 0)
      text += "#   " + pack::file_kind_names()[i] + ": " + std::to_string(kinds[i].first) +
              (kinds[i].first == 1 ? " file, " : " files, ") + format_bytes(kinds[i].second) + "\n";
  if (facts.parameters > 0)
    text += "#   " + pack::parameter_size(facts.parameters) + " parameters, " + facts.format +
            (facts.precision.empty() ? "" : ", " + facts.precision) + "\n";
  return text;
}

std::string model_file(const std::string& name, const std::vector<pack::SourceFile>& files,
                       const pack::ModelFacts& facts) {
  const auto licence = facts.licences.empty() ? std::string() : facts.licences.front();
  return "# What 'aiops pack' writes about this model, and which files it takes.\n"
         "# Format, parameters, precision and quantisation come from the files themselves.\n" +
         found_in(files, facts) + "\n" + entry("name", name, "my-model") +
         entry("version", "", "1.0.0") +
         entry("description", "", "one sentence for the people who will find it") +
         entry("family", facts.family, "llama") +
         "# An SPDX expression: https://spdx.org/licenses\n" +
         entry("licence", licence, "Apache-2.0") +
         "# authors: [\"A. Person <a@example.com>\"]\n\n" +
         "# Globs. '*' stays inside one name, '**' spans directories; without a '/' names match\n"
         "# at any depth. Hidden files are left out in any case.\n"
         "# include: [\"*.safetensors\", \"*.json\", README.md]\n"
         "# exclude: [\"original/**\", \"*.bin\"]\n\n"
         "# What a file is for, where its name does not say: weights, config, docs, code, "
         "datasets.\n"
         "# kinds:\n"
         "#   \"calibration/**\": datasets\n";
}

}  // namespace

Verb init_verb() {
  Verb verb;
  verb.name = "init";
  verb.summary = "Write aiops.yaml for a model directory";
  verb.description =
      "Looks at the files of a directory, the headers of the weights, config.json and the licence "
      "in README.md, and writes an aiops.yaml with what was found and comments on what more can "
      "be said. 'aiops pack' works without that file: write it to give the model a name, or to "
      "leave files out.";
  verb.positionals = {{.name = "DIR",
                       .help = "The model's directory; the current one when absent",
                       .arity = Positional::Arity::optional,
                       .complete = Complete::directory}};
  verb.flags = {{.name = "force", .letter = 'f', .help = "Replace an aiops.yaml that exists"}};
  verb.examples = {{"aiops init demo --force", "write demo/aiops.yaml"},
                   {"aiops init demo --force -o json", "and tell a script what was found"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    init_directory({arguments.optional_word("DIR").value_or("."),
                    arguments.is_on("force") ? Replace::yes : Replace::no},
                   context);
  };
  return verb;
}

void init_directory(const InitOptions& options, Context& context) {
  const auto path = options.directory / pack::kModelFileName;
  if (!std::filesystem::exists(options.directory))
    throw Error(ExitCode::not_found, options.directory.string() + ": no such directory");
  if (options.replace == Replace::no && std::filesystem::exists(path))
    throw Error(ExitCode::failed, path.string() + ": exists already", "give --force to replace it");
  const auto files = pack::scan_directory(options.directory, {}, context.status);
  const auto facts = pack::gather_facts(files, context.status);
  auto name = facts.name;
  if (name.empty()) name = std::filesystem::canonical(options.directory).filename().string();
  write_file_atomically(path, model_file(name, files, facts));
  context.report.answer(path.string(),
                        {{"path", path.string()},
                         {"files", files.size()},
                         {"name", name},
                         {"family", facts.family},
                         {"format", facts.format},
                         {"parameters", facts.parameters},
                         {"context_length", facts.context_length},
                         {"licences", facts.licences}},
                        path.string());
}

}  // namespace aiops::commands
