// SPDX-License-Identifier: Apache-2.0
#include "commands/checkpoint.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "commands/checkpoint_export.hpp"
#include "sign/statement.hpp"
#include "train/checkpoint/checkpoint.hpp"
#include "train/checkpoint/provenance.hpp"
#include "train/checkpoint/run_directory.hpp"

#include <charconv>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTags = 1000;

const std::string kStep = "vnd.aiops.checkpoint.step";
const std::string kLoss = "vnd.aiops.checkpoint.loss";
const std::string kValidationLoss = "vnd.aiops.checkpoint.validation-loss";
const std::string kRoot = "vnd.aiops.checkpoint.root";
const std::string kParent = "vnd.aiops.checkpoint.parent";

// The whole text as a number, or nothing.
template <typename Number>
std::optional<Number> number(const pack::Annotations& annotations, const std::string& key) {
  const auto found = annotations.find(key);
  if (found == annotations.end()) return std::nullopt;
  const std::string& text = found->second;
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string root_in(const pack::Annotations& annotations, const std::string& key) {
  const auto found = annotations.find(key);
  return found != annotations.end() && Digest::is_valid("sha256:" + found->second) ? found->second
                                                                                   : std::string();
}

pack::Annotations annotations_of(const fs::path& checkpoint,
                                 const train::CheckpointManifest& files) {
  const auto state = train::read_state(checkpoint);
  pack::Annotations notes{{kStep, std::to_string(state.step)}, {kLoss, format_number(state.loss)}};
  if (state.validation_loss) notes[kValidationLoss] = format_number(*state.validation_loss);
  notes[kRoot] = train::root_of(files, train::Scope::checkpoint);
  if (const auto parent = parent_of(checkpoint)) notes[kParent] = parent->root;
  return notes;
}

pack::KnownFile known_file(const fs::path& checkpoint, const std::string& path, std::uint64_t bytes,
                           const Digest& digest) {
  return {{path, checkpoint / path, pack::kind_of_file(path, bytes), bytes, false}, digest};
}

}  // namespace

fs::path checkpoint_in(const fs::path& path) {
  std::error_code ignored;
  if (fs::exists(path / train::kManifestPath, ignored)) return path;
  const std::string latest = train::latest_checkpoint(path);
  if (!latest.empty()) return path / latest;
  const fs::path above = path.parent_path();
  throw Error(
      ExitCode::not_found, path.string() + ": neither a checkpoint nor a directory of a run",
      "aiops checkpoint ls " + (above.empty() ? "." : above.string()) + " shows what is there");
}

std::optional<train::Parent> parent_of(const fs::path& checkpoint) {
  const fs::path path = checkpoint / train::kProvenancePath;
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  const auto statement = sign::parse_statement(read_file(path), path.string());
  return train::read_provenance(*statement.predicate, path.string()).parent;
}

std::optional<CheckpointNotes> notes_of(const pack::Manifest& manifest) {
  const auto& annotations = manifest.annotations;
  const auto step = number<std::int64_t>(annotations, kStep);
  const auto loss = number<double>(annotations, kLoss);
  if (!step || !loss || *step < 0) return std::nullopt;
  return CheckpointNotes{*step, *loss, number<double>(annotations, kValidationLoss),
                         root_in(annotations, kRoot), root_in(annotations, kParent)};
}

std::optional<TaggedCheckpoint> tagged_checkpoint(pack::Repository& repository,
                                                  const std::string& tag) {
  auto document = repository.fetch_manifest(tag);
  if (!pack::is_manifest(document.descriptor.media_type)) return std::nullopt;
  auto manifest = pack::Manifest::parse(document.bytes, repository.name() + ":" + tag);
  auto notes = notes_of(manifest);
  if (!notes) return std::nullopt;
  return TaggedCheckpoint{tag, std::move(document), std::move(manifest), std::move(*notes)};
}

void for_each_checkpoint(pack::Repository& repository, Context& context,
                         const std::function<void(TaggedCheckpoint)>& visit) {
  auto tags = repository.tags();
  if (tags.size() > kMostTags) {
    context.status.warn(repository.name() + ": has " + std::to_string(tags.size()) +
                        " tags; the first " + std::to_string(kMostTags) + " are looked at");
    tags.resize(kMostTags);
  }
  for (const auto& tag : tags) {
    context.stop.check();
    if (auto checkpoint = tagged_checkpoint(repository, tag)) visit(std::move(*checkpoint));
  }
}

pack::KnownArtifact describe_checkpoint(const fs::path& checkpoint, Context& context) {
  train::verify_checkpoint(checkpoint, train::Depth::sizes);
  const std::string text = read_file(checkpoint / train::kManifestPath);
  const auto manifest =
      train::CheckpointManifest::parse(text, (checkpoint / train::kManifestPath).string());
  std::vector<pack::KnownFile> files;
  for (const auto& file : manifest.files)
    files.push_back(known_file(checkpoint, file.path, file.bytes, file.sha256));
  files.push_back(
      known_file(checkpoint, std::string(train::kManifestPath), text.size(), sha256_of(text)));
  return pack::describe_known(std::move(files), annotations_of(checkpoint, manifest), "training/",
                              checkpoint.string(), context.status);
}

Verb checkpoint_verb() {
  return {.name = "checkpoint",
          .summary = "List, move, compare and export training checkpoints",
          .description =
              "A checkpoint is a model directory with the state of its training inside. It can lie "
              "in the directory of a run or, as an artifact, in a registry; 'aiops train --resume' "
              "goes on from either.",
          .verbs = {checkpoint_ls_part(), checkpoint_push_part(), checkpoint_pull_part(),
                    checkpoint_diff_part(), checkpoint_export_part()}};
}

}  // namespace aiops::commands
