// SPDX-License-Identifier: Apache-2.0
#include "commands/push.hpp"

#include "base/error.hpp"
#include "base/time.hpp"
#include "cli/arguments.hpp"
#include "commands/transfer_report.hpp"

namespace aiops::commands {
namespace {

using Kind = pack::Reference::Kind;

// The store's entry for a registry reference: `host/team/model:1` is kept as `team/model:1`.
pack::Reference store_entry(const pack::Reference& registry) {
  pack::Reference entry = registry;
  entry.kind = Kind::store;
  entry.host.clear();
  return entry;
}

PushOptions resolve_options(const Arguments& arguments) {
  PushOptions options;
  options.source = pack::Reference::parse(arguments.word("REF"));
  const auto destination = arguments.optional_word("DST");
  if (destination) {
    options.destination = destination_of(options.source, *destination);
  } else {
    options.destination = destination_of(options.source, options.source.str());
    options.source = store_entry(options.destination);
  }
  if (options.destination.kind != Kind::registry)
    throw Error(ExitCode::usage, options.destination.str() + " names no registry to push to",
                "aiops push " + options.source.str() + " HOST/" + options.source.str());
  if (options.source.kind == Kind::registry)
    throw Error(ExitCode::usage,
                "push sends what is on this machine, and both places are registries",
                "aiops copy " + options.source.str() + " " + options.destination.str());
  for (const auto& tag : arguments.texts("tag")) {
    pack::Reference named = options.destination;
    named.tag = tag;
    named.digest.reset();
    options.further_tags.push_back(pack::Reference::parse(named.str()).tag);
  }
  if (arguments.is_on("no-referrers")) options.referrers = pack::Referrers::leave;
  options.registry = upload_access(arguments);
  return options;
}

}  // namespace

Verb push_verb() {
  Verb verb;
  verb.name = "push";
  verb.summary = "Send an artifact to a registry";
  verb.description =
      "Sends an artifact of the local store to a registry: its layers in parallel, then its "
      "manifest, then its signatures and whatever else refers to it. A blob that the registry has "
      "is not sent again, so an unchanged second push sends nothing.\n\n"
      "With one argument, a registry reference, the store's entry of the same name is meant: "
      "'push HOST/team/model:1' sends the store's 'team/model:1'. A destination without a tag "
      "takes the tag of the source.\n\n"
      "Broken connections are tried again with growing pauses, or after the time the registry asks "
      "for. Where the registry keeps what arrived of a layer, only the rest is sent, also by the "
      "next push after one that was killed. A layer that another repository of the same registry "
      "is "
      "known to have is mounted from there. Where a proxy refuses whole layers, they go in "
      "pieces.\n\n"
      "A registry on this machine (localhost, 127.0.0.0/8, ::1) is spoken to in plain http "
      "unless --tls or a certificate authority says otherwise; every other one in https unless "
      "--plain-http is given.";
  verb.positionals = {
      {.name = "REF", .help = "What to push", .complete = Complete::reference},
      {.name = "DST",
       .help = "Where to: HOST[:PORT]/NAME[:TAG]",
       .arity = Positional::Arity::optional,
       .complete = Complete::reference},
  };
  verb.flags = upload_flags();
  verb.flags.push_back({.name = "tag",
                        .letter = 't',
                        .value = "TAG",
                        .help = "Give it this tag there, too",
                        .repeat = true});
  verb.flags.push_back(
      {.name = "no-referrers", .help = "Leave signatures and other referrers behind"});
  verb.examples = {
      {"aiops push demo:1 registry.example.com/demo:1", "send it under the same name"},
      {"aiops push registry.example.com/demo:1", "the same: the name in the store is demo:1"},
      {"aiops push demo:1 registry.example.com/demo:1 --tag latest --tag stable",
       "under three tags, sent once"},
      {"aiops push demo:1 registry.example.com/team/model:latest -o json",
       "how much was sent and how much was there already"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    push(resolve_options(arguments), context);
  };
  return verb;
}

void push(const PushOptions& options, Context& context) {
  const double started = monotonic_seconds();
  const auto from = open_repository(options.source, Access::read, options.registry, context);
  const auto root = resolve(*from, options.source);
  const Digest& digest = root.descriptor.digest;
  const auto& target = options.destination;
  require_same_digest(target, digest);
  const auto to = open_repository(target, Access::write, options.registry, context);
  const auto result = pack::transfer(*from, *to, root, target.tag,
                                     {.jobs = options.registry.jobs,
                                      .referrers = options.referrers,
                                      .further_tags = options.further_tags},
                                     context.status, context.stop);
  report_transfer(context, {"pushed", options.source.str(), " to ", target.str()}, digest, result,
                  *options.registry.traffic, monotonic_seconds() - started);
}

}  // namespace aiops::commands
