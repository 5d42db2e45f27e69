// SPDX-License-Identifier: Apache-2.0
#include "commands/checkpoint_pull.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "cli/arguments.hpp"
#include "commands/checkpoint.hpp"
#include "commands/digests.hpp"
#include "commands/local_checkpoints.hpp"
#include "commands/verification.hpp"
#include "pack/delta/layers.hpp"
#include "pack/unpack.hpp"
#include "train/checkpoint/checkpoint.hpp"
#include "train/checkpoint/run_directory.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>

#include <cerrno>
#include <map>
#include <system_error>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

const pack::Descriptor& layer_of(const pack::Manifest& manifest, std::string_view path,
                                 const std::string& what) {
  for (const auto& layer : manifest.layers)
    if (pack::file_path_of(layer) == path) return layer;
  throw Error(ExitCode::failed, what + ": not a checkpoint: it has no " + std::string(path),
              "aiops pull fetches models");
}

// True when OUT/step-N is the very checkpoint; false when there is none.
bool is_there(const fs::path& target, const std::string& manifest) {
  std::error_code ignored;
  if (!fs::exists(target, ignored)) return false;
  if (!fs::exists(target / train::kManifestPath, ignored) ||
      read_file(target / train::kManifestPath) != manifest)
    throw Error(ExitCode::conflict, target.string() + ": another checkpoint of this step is there",
                "give another directory");
  train::verify_checkpoint(target);
  return true;
}

// Unpacking has compared every file with its layer's digest: that its own manifest says the same of
// it is all that is left to see.
void require_layers(const train::CheckpointManifest& files, const pack::Document& root,
                    const std::string& what) {
  std::map<std::string, Digest> digests;
  for (const auto& layer : pack::whole_layers(pack::Manifest::parse(root.bytes, what), what))
    digests.emplace(pack::file_path_of(layer), layer.digest);
  for (const auto& file : files.files) {
    const auto found = digests.find(file.path);
    if (found == digests.end())
      throw verification_error(Reason::missing_file, what + ": " + file.path + " is missing");
    if (found->second != file.sha256)
      throw verification_error(Reason::digest_mismatch,
                               what + ": " + file.path + " is not what was written");
  }
}

// Files gather under a name that no reader takes for a checkpoint; `remove_leftovers` knows it.
void unpack_whole(pack::Repository& from, const pack::Document& root, const fs::path& target,
                  Context& context) {
  fs::path gathering = target;
  gathering += ".tmp";
  std::error_code failure;
  fs::remove_all(gathering, failure);
  pack::DigestMemory digests(digest_memory_file(context));
  pack::UnpackOptions options;
  options.local = local_checkpoints(target.parent_path(), digests);
  pack::unpack(from, root, gathering, options, context.status, context.stop);
  const auto files = train::read_manifest(gathering);
  require_layers(files, root, gathering.string());
  train::verify_checkpoint(gathering, train::Depth::sizes);
  fs::rename(gathering, target, failure);
  if (failure) throw system_error(target.string(), failure.value());
  sync_directory(target.parent_path());
  for (const auto& file : files.files)
    if (const auto state = pack::FileState::at(target / file.path))
      digests.note_written(target / file.path, *state, file.sha256);
}

// One process at a time: the ranks of a run may all be told to go on from the same artifact.
Fd lock(const fs::path& out) {
  make_directories(out);
  Fd file = open_file(out / ".fetch.lock", O_RDWR | O_CREAT);
  while (::flock(file.get(), LOCK_EX) != 0)
    if (errno != EINTR) throw system_error(out.string(), errno);
  return file;
}

CheckpointPullOptions resolve_options(const Arguments& arguments) {
  CheckpointPullOptions options;
  options.source = pack::Reference::parse(arguments.word("REF"));
  options.out = arguments.path("directory").value_or("run");
  options.keys = arguments.texts("key");
  if (arguments.is_on("verify") || !options.keys.empty())
    options.verify = CheckpointPullOptions::Verify::yes;
  options.registry = registry_access(arguments);
  return options;
}

}  // namespace

fs::path fetch_checkpoint(pack::Repository& from, const pack::Document& root, const fs::path& out,
                          Context& context) {
  const std::string what = from.name() + "@" + root.descriptor.digest.short_form();
  const auto manifest = pack::Manifest::parse(root.bytes, what);
  const auto state = train::TrainerState::parse(
      pack::read_blob(from, layer_of(manifest, train::kStatePath, what), 64u << 20), what);
  const std::string files =
      pack::read_blob(from, layer_of(manifest, train::kManifestPath, what), 64u << 20);
  const fs::path target = out / train::step_name(state.step);
  const Fd held = lock(out);
  if (!is_there(target, files)) unpack_whole(from, root, target, context);
  const auto newest = train::checkpoints_of(out);
  if (newest.front().step == state.step)
    train::link_checkpoint(out, train::kLatest, train::step_name(state.step));
  return target;
}

Verb checkpoint_pull_part() {
  Verb verb;
  verb.name = "pull";
  verb.summary = "Fetch a checkpoint to go on from";
  verb.description =
      "Fetches a checkpoint into the directory of a run as step-N, where 'aiops train' finds it. "
      "It appears there whole, when every file has agreed with its digest and the checkpoint with "
      "its own manifest; a pull that fails leaves nothing. What is there already is not fetched "
      "again, nor are files that other checkpoints of OUT hold. Shards that were pushed as "
      "differences (--delta) are rebuilt.\n\n"
      "With --verify, or --key, nothing is fetched unless a trusted key has signed the artifact.";
  verb.positionals = {{.name = "REF",
                       .help = "The checkpoint: HOST/NAME:TAG, or in a local place",
                       .complete = Complete::reference}};
  verb.flags = {{.name = "directory",
                 .letter = 'd',
                 .value = "OUT",
                 .help = "Directory of the run",
                 .fallback = "run",
                 .complete = Complete::directory},
                {.name = "verify", .help = "Refuse what no trusted key has signed"},
                {.name = "key",
                 .value = "PUB",
                 .help = "Trust this public key; implies --verify",
                 .repeat = true,
                 .complete = Complete::public_key}};
  for (Flag& flag : registry_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops train train.yaml && aiops checkpoint push run registry.example.com/run:30 --sign "
       "aiops.key && aiops checkpoint pull registry.example.com/run:30 -d elsewhere --key "
       "aiops.pub",
       "there and back, signed"},
      {"aiops train train.yaml --out elsewhere --set steps=40", "and on from there"},
  };
  verb.run = [](const Arguments& arguments, Context& context) {
    pull_checkpoint(resolve_options(arguments), context);
  };
  return verb;
}

void pull_checkpoint(const CheckpointPullOptions& options, Context& context) {
  const auto from = open_repository(options.source, Access::read, options.registry, context);
  const auto root = resolve(*from, options.source);
  if (options.verify == CheckpointPullOptions::Verify::yes)
    context.status.step("signed by the trusted key " +
                        require_signature(*from, root, options.keys, context).key_id);
  const fs::path target = fetch_checkpoint(*from, root, options.out, context);
  const std::uint64_t bytes = train::read_manifest(target).bytes();
  context.report.answer(target.string(),
                        {{"reference", options.source.str()},
                         {"digest", root.descriptor.digest.str()},
                         {"checkpoint", target.string()},
                         {"size", bytes}},
                        target.string() + ": " + format_bytes(bytes));
}

}  // namespace aiops::commands
