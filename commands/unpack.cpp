// SPDX-License-Identifier: Apache-2.0
#include "commands/unpack.hpp"

#include "base/units.hpp"
#include "cli/arguments.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

// "team/demo:1" goes to ./demo, "oci:/tmp/layout" to ./layout, "archive:x.tar" to ./x.
std::filesystem::path default_directory(const pack::Reference& reference) {
  if (!reference.repository.empty())
    return reference.repository.substr(reference.repository.rfind('/') + 1);
  const auto name = reference.path.has_filename() ? reference.path : reference.path.parent_path();
  return name.stem();
}

UnpackCommand resolve_command(const Arguments& arguments) {
  UnpackCommand command{pack::Reference::parse(arguments.word("REF")),
                        {},
                        unpack_options(arguments),
                        registry_access(arguments)};
  command.directory = arguments.path("directory").value_or(default_directory(command.reference));
  command.options.jobs = command.registry.jobs;
  return command;
}

}  // namespace

std::vector<Flag> unpack_flags() {
  return {
      {.name = "only",
       .value = "KIND",
       .help = "Only files of this kind",
       .choices = pack::file_kind_names(),
       .repeat = true,
       .complete = Complete::choice},
      {.name = "include", .value = "GLOB", .help = "Only files that match", .repeat = true},
      {.name = "exclude", .value = "GLOB", .help = "Leave out files that match", .repeat = true},
      {.name = "overwrite", .help = "Replace files that exist"},
  };
}

pack::UnpackOptions unpack_options(const Arguments& arguments) {
  pack::UnpackOptions options;
  for (const auto& word : arguments.texts("only")) options.only.insert(pack::parse_file_kind(word));
  options.include = arguments.texts("include");
  options.exclude = arguments.texts("exclude");
  if (arguments.is_on("overwrite")) options.overwrite = pack::Overwrite::yes;
  return options;
}

Verb unpack_verb() {
  Verb verb;
  verb.name = "unpack";
  verb.summary = "Write the files of an artifact into a directory";
  verb.description =
      "Unpacks a model from the store, a layout, an archive or a registry. Artifacts of modctl, "
      "KitOps, Docker Model Runner, Ollama, AIKit, RamaLama and oras are understood too.\n\n"
      "Every byte is checked against its digest on the way. Files are gathered beside the "
      "directory and appear in it only after all of them agreed; a run that fails leaves "
      "nothing. Files that exist are not touched unless --overwrite is given. Paths that lead out "
      "of the directory, links and devices are refused.\n\n"
      "In a GLOB, * and ? stay inside one name and ** spans directories; without a slash it "
      "matches names at any depth.";
  verb.positionals = {{.name = "REF", .help = "The artifact", .complete = Complete::reference}};
  verb.flags = {{.name = "directory",
                 .letter = 'd',
                 .value = "DIR",
                 .help = "Where to; ./NAME when absent",
                 .complete = Complete::directory}};
  for (Flag& flag : unpack_flags()) verb.flags.push_back(std::move(flag));
  for (Flag& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops unpack demo:1 -d out", "all files, into out/"},
      {"aiops unpack demo:1 -d small --only config --only docs", "everything but the weights"},
      {"aiops unpack demo:1 -d json --include '*.json'", "some files by name"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    unpack_artifact(resolve_command(arguments), context);
  };
  return verb;
}

void unpack_artifact(const UnpackCommand& command, Context& context) {
  const auto repository =
      open_repository(command.reference, Access::read, command.registry, context);
  const auto root = resolve(*repository, command.reference);
  const auto result = pack::unpack(*repository, root, command.directory, command.options,
                                   context.status, context.stop);
  const auto directory = command.directory.string();
  context.status.step("unpacked " + counted(result.files.size(), "file") + ", " +
                      format_bytes(result.bytes) + ", into " + directory);
  context.report.answer(directory,
                        {{"directory", directory},
                         {"digest", root.descriptor.digest.str()},
                         {"files", result.files},
                         {"size", result.bytes}},
                        directory);
}

}  // namespace aiops::commands
