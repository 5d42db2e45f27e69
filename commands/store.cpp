// SPDX-License-Identifier: Apache-2.0
#include "commands/store.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

Verb info_verb() {
  Verb verb;
  verb.name = "info";
  verb.summary = "Show where the store is and what it holds";
  verb.description =
      "Shows the store's directory, how many artifacts and blobs it holds, their bytes, and what "
      "'aiops store gc' would free. The store is one OCI image layout: other tools can read it.";
  verb.examples = {{"aiops store info", "for a person"},
                   {"aiops store info -o json", "for a script"}};
  verb.run = [](const Arguments&, Context& context) { show_store(context); };
  return verb;
}

Verb gc_verb() {
  Verb verb;
  verb.name = "gc";
  verb.summary = "Free what no artifact needs";
  verb.description =
      "Removes blobs that no name leads to, signatures of artifacts that are gone, and what "
      "interrupted runs left behind. It never runs beside a pack or a pull: then it says so and "
      "removes nothing.";
  verb.flags = {{.name = "dry-run", .letter = 'n', .help = "Show what would go; remove nothing"}};
  verb.examples = {{"aiops store gc -n", "what would go"}, {"aiops store gc", "and away with it"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    collect_store_garbage(
        {arguments.is_on("dry-run") ? pack::Collect::look : pack::Collect::remove}, context);
  };
  return verb;
}

Verb check_verb() {
  Verb verb;
  verb.name = "check";
  verb.summary = "Hash everything in the store again";
  verb.description =
      "Reads every blob and compares it with its digest, and looks for blobs that a manifest "
      "needs and that are missing. Each broken one is named with the artifacts that need it, and "
      "the exit code is 3. Nothing is changed: 'aiops rm' what is broken, then 'aiops store gc', "
      "then pull or pack it again.";
  verb.flags = {{.name = "jobs",
                 .value = "N",
                 .help = "Blobs read at once",
                 .fallback = "2",
                 .setting = "store.jobs"}};
  verb.examples = {{"aiops store check", "is everything as it was stored?"},
                   {"aiops store check --jobs 1 -o json", "for a script, with one core"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    check_store({static_cast<std::size_t>(arguments.integer("jobs", 1, 64).value_or(2))}, context);
  };
  return verb;
}

OrderedJson to_json(const pack::Damage& damage) {
  return {{"digest", damage.digest}, {"problem", damage.why}, {"names", damage.names}};
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

Verb store_verb() {
  Verb verb;
  verb.name = "store";
  verb.summary = "Look after the local store";
  verb.description =
      "The store keeps packed and pulled artifacts in $XDG_DATA_HOME/aiops/store, or where "
      "--store or AIOPS_STORE says.";
  verb.verbs = {info_verb(), gc_verb(), check_verb()};
  return verb;
}

void show_store(Context& context) {
  const auto names = pack::list_names(context.store);
  const auto size = pack::measure_layout(context.store);
  const auto garbage = pack::collect_garbage(context.store, pack::Collect::look);
  const auto path = context.store.string();
  context.report.answer(path,
                        {{"path", path},
                         {"artifacts", names.size()},
                         {"blobs", size.blobs},
                         {"size", size.bytes},
                         {"unneeded", garbage.bytes}},
                        "path       " + path + "\nartifacts  " + std::to_string(names.size()) +
                            "\nblobs      " + std::to_string(size.blobs) + ", " +
                            format_bytes(size.bytes) + "\nunneeded   " +
                            format_bytes(garbage.bytes));
}

void collect_store_garbage(const GcOptions& options, Context& context) {
  const auto garbage = pack::collect_garbage(context.store, options.collect);
  const bool look = options.collect == pack::Collect::look;
  OrderedJson files = OrderedJson::array();
  Table table{{"FILE"}, {}};
  for (const auto& file : garbage.files) {
    const auto name = file.lexically_relative(context.store).string();
    files.push_back(name);
    table.rows.push_back({name});
  }
  context.status.step((look ? "would remove " : "removed ") +
                      counted(garbage.files.size(), "file") + (look ? " and free " : ", freed ") +
                      format_bytes(garbage.bytes));
  context.report.table({{"files", std::move(files)}, {"size", garbage.bytes}}, table);
}

void check_store(const CheckOptions& options, Context& context) {
  const auto result = pack::check_layout(context.store, options.jobs, context.status, context.stop);
  OrderedJson list = OrderedJson::array();
  Table table{{"DIGEST", "PROBLEM", "NEEDED BY"}, {}};
  bool mismatch = false;
  for (const auto& damage : result.damage) {
    list.push_back(to_json(damage));
    table.rows.push_back({damage.digest, damage.why, list_of(damage.names)});
    mismatch = mismatch || damage.why != "is missing";
  }
  context.report.table({{"blobs", result.checked.blobs},
                        {"size", result.checked.bytes},
                        {"damage", std::move(list)}},
                       table);
  context.status.step("checked " + counted(result.checked.blobs, "blob") + ", " +
                      format_bytes(result.checked.bytes));
  if (result.damage.empty()) return;
  throw verification_error(
      mismatch ? Reason::digest_mismatch : Reason::missing_file,
      context.store.string() + ": " + counted(result.damage.size(), "blob") + " broken or missing",
      "aiops rm the artifacts that need them, aiops store gc, then pack or pull them again");
}

}  // namespace aiops::commands
