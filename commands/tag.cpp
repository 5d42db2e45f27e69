// SPDX-License-Identifier: Apache-2.0
#include "commands/tag.hpp"

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "commands/repositories.hpp"
#include "pack/store.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

using Kind = pack::Reference::Kind;

// Names share their blobs only inside one store, one layout, one archive.
void require_same_place(const pack::Reference& from, const pack::Reference& to) {
  if (to.digest)
    throw Error(ExitCode::usage, to.str() + ": a digest follows from the content, it is no name");
  const bool local = to.kind == Kind::store || to.kind == Kind::layout || to.kind == Kind::archive;
  if (local && to.kind == from.kind && to.path == from.path) return;
  throw Error(ExitCode::usage, to.str() + " is not in the same place as " + from.str(),
              "aiops copy " + from.str() + " " + to.str());
}

TagOptions resolve_options(const Arguments& arguments) {
  TagOptions options{pack::Reference::parse(arguments.word("REF")), {}};
  for (const auto& word : arguments.words("NEW")) {
    options.names.push_back(pack::Reference::parse(word));
    require_same_place(options.reference, options.names.back());
  }
  return options;
}

}  // namespace

Verb tag_verb() {
  Verb verb;
  verb.name = "tag";
  verb.summary = "Give an artifact another name";
  verb.description =
      "Adds names to an artifact in the store, or tags in a layout or archive. Nothing is copied: "
      "all names lead to the same digest. A name that meant something else means this from now "
      "on.";
  verb.positionals = {{.name = "REF", .help = "The artifact", .complete = Complete::reference},
                      {.name = "NEW",
                       .help = "Its new names",
                       .arity = Positional::Arity::at_least_one,
                       .complete = Complete::store_tag}};
  verb.examples = {{"aiops tag demo:1 demo:latest", "a second tag"},
                   {"aiops tag demo:1 team/demo:stable", "another name"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    tag_artifact(resolve_options(arguments), context);
  };
  return verb;
}

void tag_artifact(const TagOptions& options, Context& context) {
  const auto [repository, document] = open_to_add(options.reference, RegistryAccess{}, context);
  OrderedJson names = OrderedJson::array();
  for (const auto& name : options.names) {
    const auto other = name.kind == Kind::store && name.repository != options.reference.repository
                           ? pack::open_store(context.store, name.repository)
                           : nullptr;
    (other ? *other : *repository).push_manifest(document, name.tag_or_latest());
    names.push_back(name.name() + ":" + name.tag_or_latest());
  }
  pack::finish_archive(*repository);
  const auto& digest = document.descriptor.digest.str();
  context.report.answer(digest, {{"digest", digest}, {"names", std::move(names)}}, digest);
}

}  // namespace aiops::commands
