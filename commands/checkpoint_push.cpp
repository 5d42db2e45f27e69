// SPDX-License-Identifier: Apache-2.0
#include "commands/checkpoint_push.hpp"

#include "base/error.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "commands/checkpoint.hpp"
#include "commands/keys.hpp"
#include "commands/provenance.hpp"
#include "commands/transfer_report.hpp"
#include "pack/store.hpp"
#include "sign/artifact.hpp"
#include "train/checkpoint/provenance.hpp"

#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

CheckpointPushOptions resolve_options(const Arguments& arguments) {
  CheckpointPushOptions options;
  options.checkpoint = checkpoint_in(arguments.word("OUT"));
  options.destination = pack::Reference::parse(arguments.word("REF"));
  if (options.destination.kind == pack::Reference::Kind::directory || options.destination.digest)
    throw Error(ExitCode::usage, options.destination.str() + ": names no place to push to",
                "HOST/NAME[:TAG], NAME[:TAG] of the store, or oci:DIR[:TAG]");
  if (options.destination.tag.empty())
    options.destination.tag = fs::weakly_canonical(options.checkpoint).filename().string();
  options.key = arguments.text("sign");
  if (options.key && !fs::exists(*options.key))
    throw Error(ExitCode::not_found, *options.key + ": no such key file",
                "aiops key generate --out " + fs::path(*options.key).stem().string());
  options.passphrase_file = arguments.path("passphrase-file");
  options.delta = delta_options(arguments, options.destination);
  options.registry = upload_access(arguments);
  return options;
}

Outgoing outgoing(const CheckpointPushOptions& options, pack::Repository& place, Context& context) {
  auto whole = describe_checkpoint(options.checkpoint, context);
  if (options.delta.wanted == DeltaOptions::Wanted::no)
    return {std::move(whole.manifest), std::move(whole.source), {}, {}, nullptr, nullptr};
  auto artifact = as_delta(std::move(whole), options.checkpoint, place, options.delta, context);
  if (artifact.delta)
    context.status.step(counted(artifact.delta->deltas, "file") + " as the difference to " +
                        artifact.base + ": " + format_bytes(artifact.delta->stored_bytes) +
                        " instead of " + format_bytes(artifact.delta->whole_bytes));
  return artifact;
}

OrderedJson delta_json(const Outgoing& artifact) {
  if (!artifact.delta) return OrderedJson::object();
  return {{"delta",
           {{"base", artifact.base},
            {"files", artifact.delta->deltas},
            {"unchanged", artifact.delta->unchanged},
            {"whole", artifact.delta->whole_bytes},
            {"stored", artifact.delta->stored_bytes}}}};
}

void sign_pushed(const CheckpointPushOptions& options, pack::Repository& place,
                 const pack::Document& root, const sign::PrivateKey& key, Context& context) {
  sign::sign_artifact(place, root, key);
  const fs::path provenance = options.checkpoint / train::kProvenancePath;
  std::error_code ignored;
  if (fs::exists(provenance, ignored))
    attach_provenance(place, root, provenance, key);
  else
    context.status.warn(options.checkpoint.string() + ": has no provenance to sign");
  context.status.step("signed by the key " + key.public_key().id().hex);
}

}  // namespace

Verb checkpoint_push_part() {
  Verb verb;
  verb.name = "push";
  verb.summary = "Send a checkpoint to a registry";
  verb.description =
      "Sends a checkpoint as a model artifact: one layer a file, the state of the training in "
      "training/. The digests are those that the trainer noted while writing, so that a file is "
      "read only when the registry lacks it; a shard that another checkpoint shares is not sent "
      "again. Whoever stores a file hashes it: one that has changed since is refused.\n\n"
      "Of OUT, the newest checkpoint is meant. REF without a tag gets step-N. With --sign the "
      "artifact is signed as by 'aiops sign', and the trainer's provenance (SLSA v1) is signed and "
      "attached: 'aiops lineage' shows it.\n\n"
      "With --delta a shard that has changed is sent as its difference to the one of the "
      "checkpoint "
      "before, where REF's repository has that and a tenth is saved at least; unchanged shards are "
      "those of before. 'aiops checkpoint pull' and 'aiops train --resume' rebuild the files bit "
      "for "
      "bit and compare them with their digests, which signatures and provenance are about. The "
      "artifact names everything that it needs: deleting the checkpoint before takes nothing from "
      "it. Base files that lie in OUT are not fetched.";
  verb.positionals = {{.name = "OUT",
                       .help = "Directory of a run, or one of its checkpoints",
                       .complete = Complete::directory},
                      {.name = "REF",
                       .help = "Where to: HOST[:PORT]/NAME[:TAG], or a local place",
                       .complete = Complete::reference}};
  verb.flags = {{.name = "sign",
                 .value = "KEY",
                 .help = "Sign the artifact and its provenance with this private key",
                 .complete = Complete::private_key},
                passphrase_file_flag()};
  for (Flag& flag : delta_flags()) verb.flags.push_back(std::move(flag));
  for (Flag& flag : upload_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops train train.yaml && aiops checkpoint push run registry.example.com/demo-run",
       "the newest checkpoint of a run"},
      {"aiops checkpoint push run/step-30 registry.example.com/demo-run:good --sign aiops.key",
       "one of them, signed, under a name of its own"},
      {"aiops train train.yaml --out run2 --set checkpoint.every=10 && aiops checkpoint push "
       "run2/step-20 registry.example.com/run2 && aiops checkpoint push run2 "
       "registry.example.com/run2 --delta",
       "the next one as its difference"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    push_checkpoint(resolve_options(arguments), context);
  };
  return verb;
}

void push_checkpoint(const CheckpointPushOptions& options, Context& context) {
  const double started = monotonic_seconds();
  std::optional<sign::PrivateKey> key;  // before the first byte is sent
  if (options.key) key = load_private_key(*options.key, options.passphrase_file, context).key;
  const auto place = open_repository(options.destination, Access::write, options.registry, context);
  const Outgoing artifact = outgoing(options, *place, context);
  const auto result =
      pack::transfer(*artifact.source, *place, artifact.manifest, options.destination.tag,
                     {.jobs = options.registry.jobs}, context.status, context.stop);
  if (key) sign_pushed(options, *place, artifact.manifest, *key, context);
  pack::finish_archive(*place);
  const OrderedJson delta = delta_json(artifact);
  report_transfer(context,
                  {"pushed", options.checkpoint.string(), " to ", options.destination.str()},
                  artifact.manifest.descriptor.digest, result, *options.registry.traffic,
                  monotonic_seconds() - started, &delta);
}

}  // namespace aiops::commands
