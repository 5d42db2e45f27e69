// SPDX-License-Identifier: Apache-2.0
#include "commands/pull.hpp"

#include "base/error.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "commands/transfer_report.hpp"
#include "commands/unpack.hpp"
#include "commands/verification.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace aiops::commands {
namespace {

using Kind = pack::Reference::Kind;
using Verify = PullOptions::Verify;

// What the artifact will be called in the store: as in the registry without the host. A layout and
// an archive have no names of their own.
pack::Reference entry_of(const PullOptions& options, const std::optional<std::string>& name) {
  pack::Reference entry = options.source;
  entry.kind = Kind::store;
  entry.host.clear();
  if (name) entry = pack::Reference::parse(*name);
  if (entry.kind != Kind::store)
    throw Error(ExitCode::usage, entry.str() + " is not a name for the store", "-t NAME:TAG");
  if (entry.repository.empty() && options.directory.empty())
    throw Error(ExitCode::usage, options.source.str() + " has no name to keep in the store",
                "give -t NAME:TAG, or -d DIR for its files");
  return entry;
}

PullOptions resolve_options(const Arguments& arguments) {
  PullOptions options;
  options.source = pack::Reference::parse(arguments.word("REF"));
  const auto name = options.source.str();
  if (options.source.kind == Kind::store)
    throw Error(ExitCode::usage, name + " names no registry to pull from",
                "aiops pull HOST/" + name + ", or aiops unpack " + name +
                    " -d DIR when it is in the store");
  if (options.source.kind == Kind::directory)
    throw Error(ExitCode::usage, name + " is a directory of plain files, not an artifact",
                "aiops pack " + options.source.path.string() + " -t NAME:TAG");
  options.directory = arguments.path("directory").value_or("");
  options.entry = entry_of(options, arguments.text("tag"));
  options.registry = registry_access(arguments);
  options.unpack = unpack_options(arguments);
  options.unpack.jobs = options.registry.jobs;
  for (const char* flag : {"only", "include", "exclude", "overwrite"})
    if (options.directory.empty() && arguments.has(flag))
      throw Error(ExitCode::usage, std::string("--") + flag + " chooses files, so it needs -d DIR",
                  "-d DIR");
  options.keys = arguments.texts("key");
  if (arguments.is_on("verify") || !options.keys.empty()) options.verify = Verify::yes;
  if (arguments.is_on("no-referrers")) options.referrers = pack::Referrers::leave;
  return options;
}

void pull_to_directory(const PullOptions& options, pack::Repository& from,
                       const pack::Document& root, const std::string& signer, double started,
                       Context& context) {
  const auto result =
      pack::unpack(from, root, options.directory, options.unpack, context.status, context.stop);
  const double seconds = monotonic_seconds() - started;
  const std::string digest = root.descriptor.digest.str();
  context.status.step("pulled " + options.source.str() + " into " + options.directory.string() +
                      ": " + counted(result.files.size(), "file") + ", " +
                      format_bytes(result.bytes) + ", in " + format_duration(seconds));
  OrderedJson value = {{"reference", options.source.str()},
                       {"digest", digest},
                       {"directory", options.directory.string()},
                       {"files", result.files},
                       {"size", result.bytes},
                       {"seconds", std::round(seconds * 1000) / 1000}};
  if (!signer.empty()) value["signed_by"] = signer;
  context.report.answer(digest, value, digest + " " + options.directory.string());
}

void pull_to_store(const PullOptions& options, pack::Repository& from, const pack::Document& root,
                   double started, Context& context) {
  pack::Reference entry = options.entry;
  entry.tag = entry.tag_or_latest();
  require_same_digest(entry, root.descriptor.digest);
  const auto to = open_repository(entry, Access::write, options.registry, context);
  const auto result = pack::transfer(
      from, *to, root, entry.tag, {.jobs = options.registry.jobs, .referrers = options.referrers},
      context.status, context.stop);
  report_transfer(context, {"pulled", options.source.str(), " as ", entry.str()},
                  root.descriptor.digest, result, *options.registry.traffic,
                  monotonic_seconds() - started);
}

std::vector<Flag> pull_flags() {
  std::vector<Flag> flags = {
      {.name = "directory",
       .letter = 'd',
       .value = "DIR",
       .help = "Unpack the files into DIR instead of keeping the artifact in the store",
       .complete = Complete::directory},
      {.name = "tag", .letter = 't', .value = "NAME", .help = "Name in the store"},
      {.name = "verify", .help = "Refuse an artifact without a signature of a trusted key"},
      {.name = "key",
       .value = "PUB",
       .help = "Trust this public key; implies --verify",
       .repeat = true,
       .complete = Complete::public_key},
      {.name = "no-referrers", .help = "Leave signatures and other referrers behind"},
  };
  for (auto& flag : unpack_flags()) {
    flag.help = "With -d: " + flag.help;
    flags.push_back(std::move(flag));
  }
  for (auto& flag : registry_flags()) flags.push_back(std::move(flag));
  return flags;
}

}  // namespace

Verb pull_verb() {
  Verb verb;
  verb.name = "pull";
  verb.summary = "Fetch an artifact from a registry";
  verb.description =
      "Fetches an artifact with its signatures into the local store, where it is called as in the "
      "registry without the host: 'pull HOST/team/model:1' stores 'team/model:1'. What is there "
      "already is not fetched again. An OCI layout or an archive can stand for the registry: "
      "'pull oci:DIR:TAG'.\n\n"
      "With -d its files are unpacked into a directory instead. They appear there when every byte "
      "has been checked against the digests; a pull that fails leaves nothing. One that is "
      "stopped, "
      "killed or cut off leaves a hidden directory beside DIR: the same command goes on there.\n\n"
      "With --verify, or --key, the signatures are looked up first, and nothing is fetched when no "
      "trusted key has signed the artifact. Without --key the keys in the configuration directory "
      "(aiops/trusted/*.pub) are the trusted ones.\n\n"
      "A connection that breaks or stalls is made again, and the download goes on where it was. "
      "When "
      "each connection is slow and there are fewer blobs than --jobs, a large blob is fetched in "
      "several parts at once.";
  verb.positionals = {
      {.name = "REF",
       .help = "HOST[:PORT]/NAME[:TAG][@DIGEST], oci:DIR[:TAG] or archive:FILE.tar[:TAG]",
       .complete = Complete::reference}};
  verb.flags = pull_flags();
  verb.examples = {
      {"aiops pull registry.example.com/demo:1", "keep it in the store as demo:1"},
      {"aiops pull registry.example.com/demo:1 -t fetched:1", "keep it under another name"},
      {"aiops pull registry.example.com/demo:1 -d model --only weights --only config",
       "the files that inference needs"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    pull(resolve_options(arguments), context);
  };
  return verb;
}

void pull(const PullOptions& options, Context& context) {
  const double started = monotonic_seconds();
  const auto from = open_repository(options.source, Access::read, options.registry, context);
  const auto root = resolve(*from, options.source);
  std::string signer;
  if (options.verify == Verify::yes)
    signer = require_signature(*from, root, options.keys, context).key_id;
  if (!signer.empty()) context.status.step("signed by the trusted key " + signer);
  if (options.directory.empty()) return pull_to_store(options, *from, root, started, context);
  pull_to_directory(options, *from, root, signer, started, context);
}

}  // namespace aiops::commands
