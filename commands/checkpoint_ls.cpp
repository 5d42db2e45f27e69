// SPDX-License-Identifier: Apache-2.0
#include "commands/checkpoint_ls.hpp"

#include "base/error.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "commands/checkpoint.hpp"
#include "commands/directory_word.hpp"
#include "pack/delta/layers.hpp"
#include "train/checkpoint/run_directory.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <algorithm>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

struct Line {
  std::string name;
  std::optional<CheckpointNotes> notes;  // nothing: it cannot be read
  std::uint64_t bytes = 0;
  std::string state;                        // "whole", "verified", "damaged: …"
  std::optional<std::time_t> written = {};  // of a directory
  std::vector<std::string> marks = {};      // "latest", "best"; "delta"
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string age(const Line& line) {
  if (!line.written) return "-";
  return format_duration(std::max(0.0, std::difftime(std::time(nullptr), *line.written)));
}

OrderedJson to_json(const Line& line) {
  OrderedJson json{{"checkpoint", line.name}, {"state", line.state}, {"size", line.bytes}};
  if (line.notes) {
    json["step"] = line.notes->step;
    json["loss"] = line.notes->loss;
    json["validation_loss"] = line.notes->validation_loss
                                  ? OrderedJson(*line.notes->validation_loss)
                                  : OrderedJson(nullptr);
  }
  if (line.written)
    json["written"] = rfc3339(std::chrono::system_clock::from_time_t(*line.written));
  json["marks"] = line.marks;
  return json;
}

void show(const std::vector<Line>& lines, Context& context) {
  Table table{{"CHECKPOINT", "STEP", "LOSS", "VALIDATION", "SIZE", "AGE", "STATE", "MARKS"}, {}};
  auto list = OrderedJson::array();
  for (const Line& line : lines) {
    const auto& notes = line.notes;
    table.rows.push_back(
        {line.name, notes ? std::to_string(notes->step) : "-",
         notes ? fmt::format("{:.4f}", notes->loss) : "-",
         notes && notes->validation_loss ? fmt::format("{:.4f}", *notes->validation_loss) : "-",
         format_bytes(line.bytes), age(line), line.state, joined(line.marks)});
    list.push_back(to_json(line));
  }
  context.report.table(list, table);
}

Line line_of(const fs::path& out, const train::StepDirectory& checkpoint, train::Depth depth) {
  Line line{checkpoint.path.string(), {}, 0, {}};
  try {
    train::verify_checkpoint(checkpoint.path, depth);
    line.bytes = train::read_manifest(checkpoint.path).bytes();
    const auto state = train::read_state(checkpoint.path);
    line.notes = CheckpointNotes{state.step, state.loss, state.validation_loss, {}, {}};
    line.state = depth == train::Depth::contents ? "verified" : "whole";
  } catch (const Error& error) {
    line.state = "damaged: " + error.message;
  }
  struct stat status {};
  if (::stat(checkpoint.path.c_str(), &status) == 0) line.written = status.st_mtime;
  for (const std::string_view mark : {train::kLatest, train::kBest})
    if (train::linked_checkpoint(out, mark) == checkpoint.path.filename())
      line.marks.emplace_back(mark);
  return line;
}

std::vector<Line> in_directory(const fs::path& out, train::Depth depth, const StopFlag& stop) {
  std::vector<Line> lines;
  for (const auto& checkpoint : train::checkpoints_of(out, train::Unlisted::refused)) {
    stop.check();
    lines.push_back(line_of(out, checkpoint, depth));
  }
  return lines;
}

std::vector<Line> in_repository(const pack::Reference& reference, const RegistryAccess& registry,
                                Context& context) {
  const auto repository = open_repository(reference, Access::read, registry, context);
  std::vector<Line> lines;
  for_each_checkpoint(*repository, context, [&](const TaggedCheckpoint& checkpoint) {
    const std::string name = repository->name() + ":" + checkpoint.tag;
    Line line{name, checkpoint.notes, 0, checkpoint.document.descriptor.digest.short_form()};
    for (const auto& layer : pack::whole_layers(checkpoint.manifest, name))
      line.bytes += layer.size;
    if (pack::has_deltas(checkpoint.manifest)) line.marks.emplace_back("delta");
    lines.push_back(std::move(line));
  });
  std::ranges::stable_sort(lines, std::greater<>(),
                           [](const Line& line) { return line.notes ? line.notes->step : -1; });
  return lines;
}

CheckpointLsOptions resolve_options(const Arguments& arguments) {
  return {arguments.optional_word("OUT").value_or("run"),
          arguments.is_on("verify") ? train::Depth::contents : train::Depth::sizes,
          registry_access(arguments)};
}

}  // namespace

Verb checkpoint_ls_part() {
  Verb verb;
  verb.name = "ls";
  verb.summary = "List the checkpoints of a run or a repository";
  verb.description =
      "Lists checkpoints, the newest first: step, loss, validation loss, size, and which ones "
      "'latest' and 'best' name. Of a directory, files are compared with their sizes in the "
      "manifest ('whole'), and with --verify with their digests ('verified'). Of a repository, "
      "the manifests behind its tags are read and nothing else; what is no checkpoint is passed "
      "over. SIZE is of the whole files, also where 'delta' marks what is stored as a difference.";
  verb.positionals = {{.name = "OUT",
                       .help = "Directory of a run (run when absent), or a repository",
                       .arity = Positional::Arity::optional,
                       .complete = Complete::reference_or_directory}};
  verb.flags = {{.name = "verify", .help = "Read every file and compare it with its digest"}};
  for (Flag& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops train train.yaml --set checkpoint.every=10 && aiops checkpoint ls run",
       "those of a run"},
      {"aiops checkpoint ls run --verify -o json", "whether every byte is as it was written"},
      {"aiops checkpoint push run registry.example.com/demo-run && "
       "aiops checkpoint ls registry.example.com/demo-run",
       "those of a repository"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    list_checkpoints(resolve_options(arguments), context);
  };
  return verb;
}

void list_checkpoints(const CheckpointLsOptions& options, Context& context) {
  if (is_directory_word(options.place))
    return show(in_directory(options.place, options.depth, context.stop), context);
  const auto reference = pack::Reference::parse(options.place);
  if (reference.kind == pack::Reference::Kind::directory)
    return show(in_directory(reference.path, options.depth, context.stop), context);
  const auto lines = in_repository(reference, options.registry, context);
  if (lines.empty())
    throw Error(ExitCode::not_found,
                options.place + ": no such directory, and no checkpoint under this name");
  show(lines, context);
}

}  // namespace aiops::commands
