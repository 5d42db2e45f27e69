// SPDX-License-Identifier: Apache-2.0
#include "commands/delete.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "commands/deletion_plan.hpp"
#include "commands/registry_options.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

using What = DeleteOptions::What;
using Referrers = DeleteOptions::Referrers;
using DryRun = DeleteOptions::DryRun;

DeleteOptions resolve_options(const Arguments& arguments) {
  DeleteOptions options;
  options.reference = pack::Reference::parse(arguments.word("REF"));
  const auto& reference = options.reference;
  if (reference.kind != pack::Reference::Kind::registry)
    throw Error(ExitCode::usage, reference.str() + " is not in a registry",
                "aiops rm " + reference.str());
  if (reference.tag.empty() && !reference.digest)
    throw Error(ExitCode::usage, "say which artifact of " + reference.str() + " to delete",
                "aiops delete " + reference.str() + ":TAG");
  if (arguments.is_on("tag-only")) options.what = What::tag;
  if (options.what == What::tag && reference.tag.empty())
    throw Error(ExitCode::usage, "--tag-only needs a tag, and " + reference.str() + " has none");
  if (arguments.is_on("referrers")) options.referrers = Referrers::remove;
  if (options.what == What::tag && options.referrers == Referrers::remove)
    throw Error(ExitCode::usage, "--tag-only leaves the artifact, so --referrers makes no sense");
  if (arguments.is_on("dry-run")) options.dry_run = DryRun::yes;
  options.registry = registry_access(arguments);
  return options;
}

std::unique_ptr<registry::RemoteRepository> open(const DeleteOptions& options, Context& context) {
  auto remote = remote_options(options.reference.host, options.registry, context);
  remote.repository = options.reference.repository;
  remote.purpose =
      options.dry_run == DryRun::yes ? registry::Purpose::read : registry::Purpose::remove;
  return registry::open_remote(std::move(remote), context.status, context.stop);
}

std::string sentence(const DeleteOptions& options, const DeletionPlan& plan) {
  const auto& reference = options.reference;
  if (options.what == What::tag)
    return "the tag " + reference.tag + " of " + reference.name() + " (" +
           plan.root.descriptor.digest.short_form() + " stays)";
  std::string text = reference.name() + "@" + plan.root.descriptor.digest.short_form();
  for (const auto& tag : plan.tags) text += (tag == plan.tags.front() ? ", known as " : ", ") + tag;
  if (plan.tags_not_asked > 0)
    text += ", and perhaps as some of " + counted(plan.tags_not_asked, "other tag");
  if (!plan.referrers.empty())
    text += options.referrers == Referrers::remove
                ? ", with " + counted(plan.referrers.size(), "referrer")
                : ", without its " + counted(plan.referrers.size(), "referrer");
  return text;
}

OrderedJson describe(const DeleteOptions& options, const DeletionPlan& plan) {
  OrderedJson referrers = OrderedJson::array();
  if (options.referrers == Referrers::remove)
    for (const auto& one : plan.referrers) referrers.push_back(one.descriptor.digest.str());
  const bool tag_only = options.what == What::tag;
  return {{"reference", options.reference.str()},
          {"digest", plan.root.descriptor.digest.str()},
          {"manifest", !tag_only},
          {"tags", tag_only ? std::vector{options.reference.tag} : plan.tags},
          {"referrers", referrers},
          {"dry_run", options.dry_run == DryRun::yes}};
}

// The artifact first: one without its signatures would look like one that nobody has signed.
void carry_out(const DeleteOptions& options, const DeletionPlan& plan,
               registry::RemoteRepository& repository, Context& context) {
  if (options.what == What::tag) return repository.delete_tag(options.reference.tag);
  repository.delete_manifest(plan.root);
  if (options.referrers == Referrers::leave) return;
  for (const auto& one : plan.referrers) {
    context.stop.check();
    repository.delete_manifest(one);
  }
}

}  // namespace

Verb delete_verb() {
  Verb verb;
  verb.name = "delete";
  verb.summary = "Delete an artifact from a registry";
  verb.description =
      "Deletes a manifest from a registry. A registry keeps one manifest for all tags of the same "
      "content, so every tag that names it goes with it: they are shown, and the reference has to "
      "be typed again, or --yes given. --dry-run only shows what would go.\n\n"
      "With --tag-only the tag is taken away and the manifest stays. Not every registry can do "
      "that (docker-registry 2.8 cannot), and many allow no deleting at all until it is switched "
      "on. The bytes of the layers are freed by the registry's own garbage collection.\n\n"
      "Signatures of the artifact stay unless --referrers is given. 'aiops rm' removes names from "
      "the local store.";
  verb.positionals = {{.name = "REF",
                       .help = "HOST[:PORT]/NAME:TAG or HOST[:PORT]/NAME@DIGEST",
                       .complete = Complete::reference}};
  verb.flags = {
      {.name = "tag-only", .help = "Take the tag away and leave the artifact"},
      {.name = "referrers", .help = "Delete signatures and whatever else refers to it, too"},
      {.name = "dry-run", .letter = 'n', .help = "Show what would go, and change nothing"},
  };
  for (auto& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops push demo:1 registry.example.com/old:1 && aiops delete registry.example.com/old:1 "
       "--dry-run",
       "what would go"},
      {"aiops delete registry.example.com/old:1 --referrers --yes",
       "the artifact with its signatures, from a script"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    delete_artifact(resolve_options(arguments), context);
  };
  return verb;
}

void delete_artifact(const DeleteOptions& options, Context& context) {
  const auto repository = open(options, context);
  DeletionPlan plan{resolve(*repository, options.reference), {}, 0, {}};
  const auto& digest = plan.root.descriptor.digest;
  if (options.what == What::manifest) {
    find_tags(*repository, options.registry.jobs, plan);
    find_referrers(*repository, plan);
  }
  const auto what = sentence(options, plan);
  const auto name = options.reference.str();
  if (options.dry_run == DryRun::yes) {
    context.status.step("would delete " + what);
  } else {
    if (!context.confirm_by_name("delete " + what + "?", name))
      throw Error(ExitCode::failed, "nothing was deleted");
    carry_out(options, plan, *repository, context);
    context.status.step("deleted " + what);
  }
  context.report.answer(digest.str(), describe(options, plan), digest.str() + " " + name);
}

}  // namespace aiops::commands
