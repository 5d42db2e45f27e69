// SPDX-License-Identifier: Apache-2.0
#include "commands/ls.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "pack/maintenance.hpp"
#include "pack/store.hpp"
#include "pack/summary.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::commands {
namespace {

using Kind = pack::Reference::Kind;

struct Row {
  std::string name;
  Digest digest;
  pack::Summary summary;
};

// One artifact; an index or a manifest that cannot be read still has a line, and a warning.
Row describe(pack::Repository& repository, const std::string& name, const Digest& digest,
             Context& context) {
  Row row{name, digest, {}};
  try {
    const auto document = repository.fetch_manifest(digest.str());
    if (pack::is_index(document.descriptor.media_type)) {
      row.summary.type = "index";
      row.summary.size = document.descriptor.size;
      return row;
    }
    const auto manifest = pack::Manifest::parse(document.bytes, name);
    row.summary = pack::summarize(repository, manifest);
  } catch (const Error& error) {
    if (error.code != ExitCode::unverified && error.code != ExitCode::not_found &&
        error.code != ExitCode::failed)
      throw;
    row.summary.type = "broken";
    context.status.warn(error.message);
  }
  return row;
}

std::vector<Row> rows_of_layout(const std::filesystem::path& layout, const std::string& wanted,
                                Context& context) {
  std::vector<Row> rows;
  const auto names = pack::list_names(layout);
  if (names.empty()) return rows;  // nor is there a layout, perhaps
  const auto repository = pack::open_layout(layout, pack::Create::no);
  for (const auto& [name, descriptor] : names) {
    if (!wanted.empty() && name != wanted && !name.starts_with(wanted + ":")) continue;
    const auto shown = name.empty() ? descriptor.digest.short_form() : name;
    rows.push_back(describe(*repository, shown, descriptor.digest, context));
  }
  return rows;
}

std::vector<Row> rows_of_archive(const std::filesystem::path& file, const std::string& wanted,
                                 Context& context) {
  const auto archive = pack::open_archive(file, pack::Create::no);
  std::vector<Row> rows;
  for (const auto& tag : archive->tags())
    if (wanted.empty() || tag == wanted)
      rows.push_back(
          describe(*archive, tag, archive->fetch_manifest(tag).descriptor.digest, context));
  return rows;
}

std::vector<Row> rows_of(const pack::Reference& place, Context& context) {
  switch (place.kind) {
    case Kind::store:
      return rows_of_layout(context.store,
                            place.repository + (place.tag.empty() ? "" : ":" + place.tag), context);
    case Kind::layout:
      pack::open_layout(place.path, pack::Create::no);  // says so when it is none
      return rows_of_layout(place.path, place.tag, context);
    case Kind::archive:
      return rows_of_archive(place.path, place.tag, context);
    case Kind::registry:
    case Kind::directory:
      break;
  }
  throw Error(ExitCode::usage, place.str() + " is neither in the store nor a layout",
              "aiops inspect " + place.str());
}

// A place without artifacts is listed as empty; a name that is asked for has to be there.
std::vector<Row> wanted_rows(const LsOptions& options, Context& context) {
  if (!options.place) return rows_of_layout(context.store, "", context);
  const auto& place = *options.place;
  auto rows = rows_of(place, context);
  if (!rows.empty()) return rows;
  if (place.kind == Kind::store)
    throw Error(ExitCode::not_found, "there is no " + place.str() + " in the store",
                "aiops ls shows what is there");
  if (!place.tag.empty())
    throw Error(ExitCode::not_found, place.name() + " has no tag '" + place.tag + "'",
                "aiops ls " + place.name() + " shows its tags");
  return rows;
}

}  // namespace

Verb ls_verb() {
  Verb verb;
  verb.name = "ls";
  verb.summary = "List artifacts";
  verb.description =
      "Lists what is in the local store: name and tag, the beginning of the manifest's digest, "
      "the size of its files, their format and the number of parameters. With a NAME only its "
      "tags, and it has to be there; with oci:DIR or archive:FILE what is in there.\n\n"
      "In a pipe the columns are separated by tabs and have no header; -q prints names alone.";
  verb.positionals = {{.name = "NAME",
                       .help = "A name of the store, oci:DIR or archive:FILE",
                       .arity = Positional::Arity::optional,
                       .complete = Complete::reference}};
  verb.examples = {{"aiops ls", "everything in the store"},
                   {"aiops ls demo", "the tags of one name"},
                   {"aiops ls -o json", "for scripts, with whole digests"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    LsOptions options;
    if (const auto word = arguments.optional_word("NAME"))
      options.place = pack::Reference::parse(*word);
    list_artifacts(options, context);
  };
  return verb;
}

void list_artifacts(const LsOptions& options, Context& context) {
  Table table{{"NAME", "DIGEST", "SIZE", "FORMAT", "PARAMETERS"}, {}};
  OrderedJson list = OrderedJson::array();
  for (const auto& [name, digest, summary] : wanted_rows(options, context)) {
    const auto& format = summary.format.empty() ? summary.type : summary.format;
    table.rows.push_back(
        {name, digest.short_form(), format_bytes(summary.size), format, summary.parameters});
    list.push_back({{"name", name},
                    {"digest", digest.str()},
                    {"type", summary.type},
                    {"size", summary.size},
                    {"format", summary.format},
                    {"parameters", summary.parameters}});
  }
  context.report.table(list, table);
}

}  // namespace aiops::commands
