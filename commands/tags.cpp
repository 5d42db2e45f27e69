// SPDX-License-Identifier: Apache-2.0
#include "commands/tags.hpp"

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "pack/layout_index.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

using Fallback = TagsOptions::Fallback;

TagsOptions resolve_options(const Arguments& arguments) {
  TagsOptions options;
  options.repository = pack::Reference::parse(arguments.word("REPO"));
  const auto& place = options.repository;
  if (!place.tag.empty() || place.digest)
    throw Error(ExitCode::usage, place.str() + " names one artifact, not a repository",
                "aiops tags " + place.name());
  if (arguments.is_on("all")) options.fallback = Fallback::show;
  options.registry = registry_access(arguments);
  return options;
}

}  // namespace

Verb tags_verb() {
  Verb verb;
  verb.name = "tags";
  verb.summary = "List the tags of a repository";
  verb.description =
      "Lists the tags of a repository of a registry, all pages of them, sorted, one a line. A name "
      "of the local store, a layout and an archive can stand for it.\n\n"
      "A registry without the referrers API keeps signatures under tags like sha256-<hex>; they "
      "are left out unless --all is given.";
  verb.positionals = {{.name = "REPO",
                       .help = "HOST[:PORT]/NAME, NAME, oci:DIR or archive:FILE.tar",
                       .complete = Complete::reference}};
  verb.flags = {{.name = "all", .letter = 'a', .help = "Show fallback tags of referrers, too"}};
  for (auto& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops push demo:1 registry.example.com/demo:1 && aiops tags registry.example.com/demo",
       "what a registry has"},
      {"aiops tags demo", "what the store has"},
      {"aiops tags demo -o json", "for scripts"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    list_tags(resolve_options(arguments), context);
  };
  return verb;
}

void list_tags(const TagsOptions& options, Context& context) {
  const auto place = open_repository(options.repository, Access::read, options.registry, context);
  auto tags = place->tags();
  if (options.fallback == Fallback::hide)
    std::erase_if(tags, [](const auto& tag) { return pack::is_referrers_tag(tag); });
  if (tags.empty() && options.repository.kind == pack::Reference::Kind::store)
    throw Error(ExitCode::not_found,
                "there is no " + options.repository.repository + " in the store",
                "aiops ls shows what is there");
  Table table{{"TAG"}, {}};
  for (const auto& tag : tags) table.rows.push_back({tag});
  context.report.table({{"repository", options.repository.str()}, {"tags", tags}}, table);
}

}  // namespace aiops::commands
