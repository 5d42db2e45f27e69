// SPDX-License-Identifier: Apache-2.0
#include "commands/checkpoint_push.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/time.hpp"
#include "cli/arguments.hpp"
#include "commands/checkpoint.hpp"
#include "commands/keys.hpp"
#include "commands/transfer_report.hpp"
#include "pack/store.hpp"
#include "sign/artifact.hpp"
#include "sign/oms.hpp"
#include "sign/referrer.hpp"
#include "sign/statement.hpp"
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
  options.registry = upload_access(arguments);
  return options;
}

// The trainer's statement, also about the artifact that the checkpoint has become: its manifest and
// the root of its layers come first, the trainer's own subjects stay.
std::string statement_about(const fs::path& provenance, const pack::Document& root,
                            const std::string& name) {
  const auto said = sign::parse_statement(read_file(provenance), provenance.string());
  std::vector<sign::Subject> subjects{{name,
                                       {{std::string(root.descriptor.digest.algorithm()),
                                         std::string(root.descriptor.digest.hex())}}}};
  if (const auto layers = sign::resources_of(pack::Manifest::parse(root.bytes, name)))
    subjects.push_back({"files", {{"sha256", sign::oms_root(*layers)}}});
  subjects.insert(subjects.end(), said.subjects.begin(), said.subjects.end());
  return sign::make_statement(subjects, said.predicate_type, OrderedJson(*said.predicate));
}

// True when `key` has attached this very statement already.
bool is_attached(pack::Repository& place, const Digest& subject, const std::string& statement,
                 const sign::PublicKey& key) {
  bool found = false;
  sign::for_each_bundle(place, subject, [&](const sign::AttachedBundle& attached) {
    found =
        found || (attached.bundle != nullptr && attached.bundle->envelope.payload == statement &&
                  sign::verify(attached.bundle->envelope, key));
  });
  return found;
}

void sign_pushed(const CheckpointPushOptions& options, pack::Repository& place,
                 const pack::Document& root, const sign::PrivateKey& key, Context& context) {
  sign::sign_artifact(place, root, key);
  const fs::path provenance = options.checkpoint / train::kProvenancePath;
  std::error_code ignored;
  if (fs::exists(provenance, ignored)) {
    const std::string statement = statement_about(provenance, root, place.name());
    if (!is_attached(place, root.descriptor.digest, statement, key.public_key()))
      sign::attach_bundle(
          place, root.descriptor,
          {sign::sign_envelope(statement, key), sign::sigstore_hint(key.public_key())},
          train::kSlsaPredicate);
  } else {
    context.status.warn(options.checkpoint.string() + ": has no provenance to sign");
  }
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
      "attached: 'aiops lineage' shows it.";
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
  for (Flag& flag : upload_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops train train.yaml && aiops checkpoint push run registry.example.com/demo-run",
       "the newest checkpoint of a run"},
      {"aiops checkpoint push run/step-30 registry.example.com/demo-run:good --sign aiops.key",
       "one of them, signed, under a name of its own"},
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
  const auto artifact = describe_checkpoint(options.checkpoint, context);
  const auto place = open_repository(options.destination, Access::write, options.registry, context);
  const auto result =
      pack::transfer(*artifact.source, *place, artifact.manifest, options.destination.tag,
                     {.jobs = options.registry.jobs}, context.status, context.stop);
  if (key) sign_pushed(options, *place, artifact.manifest, *key, context);
  pack::finish_archive(*place);
  report_transfer(context,
                  {"pushed", options.checkpoint.string(), " to ", options.destination.str()},
                  artifact.manifest.descriptor.digest, result, *options.registry.traffic,
                  monotonic_seconds() - started);
}

}  // namespace aiops::commands
