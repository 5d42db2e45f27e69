// SPDX-License-Identifier: Apache-2.0
#include "commands/rm.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "pack/maintenance.hpp"

#include <nlohmann/json.hpp>

#include <map>

namespace aiops::commands {
namespace {

using Kind = pack::Reference::Kind;
namespace fs = std::filesystem;

std::string spelled_out(pack::Reference reference) {
  reference.tag = reference.tag_or_latest();
  return reference.str();
}

// What one reference means in its layout: the names that go.
std::vector<pack::NamedManifest> matching(const pack::Reference& reference,
                                          const fs::path& layout) {
  const bool store = reference.kind == Kind::store;
  const std::string prefix = store ? reference.repository + ":" : "";
  const bool by_digest = reference.digest && reference.tag.empty();
  const std::string wanted = prefix + reference.tag_or_latest();
  std::vector<pack::NamedManifest> found;
  for (auto& named : pack::list_names(layout)) {
    const bool match = by_digest ? named.descriptor.digest == *reference.digest &&
                                       named.name.starts_with(prefix) && !named.name.empty()
                                 : named.name == wanted;
    if (match && (!reference.digest || named.descriptor.digest == *reference.digest))
      found.push_back(std::move(named));
  }
  if (found.empty())
    throw Error(ExitCode::not_found, "there is no " + spelled_out(reference),
                store ? "aiops ls shows what is there" : "aiops ls " + reference.name());
  return found;
}

fs::path layout_of(const pack::Reference& reference, const Context& context) {
  if (reference.kind == Kind::store) return context.store;
  if (reference.kind == Kind::layout) return reference.path;
  throw Error(ExitCode::usage,
              reference.str() + ": names are removed from the store and from oci:");
}

// A hint only: whatever else is broken in the store, the names are gone.
void hint_at_garbage(Context& context) {
  try {
    const auto garbage = pack::collect_garbage(context.store, pack::Collect::look);
    if (garbage.bytes > 0)
      context.status.step("aiops store gc would free " + format_bytes(garbage.bytes));
  } catch (const Error& error) {
    context.status.warn(error.message);
  }
}

}  // namespace

Verb rm_verb() {
  Verb verb;
  verb.name = "rm";
  verb.summary = "Remove artifacts from the store";
  verb.description =
      "Takes names away and says which. The bytes stay until 'aiops store gc', because other "
      "names may share them; signatures go with the artifact they are about. When one of the "
      "names does not exist, none is removed. NAME@sha256:… removes every tag of that content.";
  verb.positionals = {{.name = "REF",
                       .help = "NAME:TAG in the store, or oci:DIR:TAG",
                       .arity = Positional::Arity::at_least_one,
                       .complete = Complete::store_tag}};
  verb.examples = {{"aiops tag demo:1 old:1 && aiops rm old:1", "one name"},
                   {"aiops pack demo -t tmp:1 -t tmp:2 && aiops rm tmp:1 tmp:2", "several"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    RmOptions options;
    for (const auto& word : arguments.words("REF"))
      options.references.push_back(pack::Reference::parse(word));
    remove_artifacts(options, context);
  };
  return verb;
}

void remove_artifacts(const RmOptions& options, Context& context) {
  std::map<fs::path, std::vector<std::string>> going;
  Table table{{"NAME", "DIGEST"}, {}};
  OrderedJson list = OrderedJson::array();
  for (const auto& reference : options.references) {
    const auto layout = layout_of(reference, context);
    for (const auto& [name, descriptor] : matching(reference, layout)) {
      going[layout].push_back(name);
      table.rows.push_back({name, descriptor.digest.short_form()});
      list.push_back({{"name", name}, {"digest", descriptor.digest.str()}});
    }
  }
  for (const auto& [layout, names] : going) pack::remove_names(layout, names);
  if (going.contains(context.store)) hint_at_garbage(context);
  context.report.table(list, table);
}

}  // namespace aiops::commands
