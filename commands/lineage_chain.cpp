// SPDX-License-Identifier: Apache-2.0
#include "commands/lineage_chain.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "commands/checkpoint.hpp"
#include "commands/provenance.hpp"
#include "sign/model_directory.hpp"
#include "sign/model_files.hpp"
#include "sign/referrer.hpp"
#include "sign/statement.hpp"
#include "train/checkpoint/run_directory.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostStatement = 16u << 20;

// The link that a statement makes for the files of `manifest`; refuses one about other files.
LineageLink link_of(std::string name, const train::CheckpointManifest& manifest,
                    std::string_view statement) {
  const auto said = sign::parse_statement(statement, name);
  if (said.predicate_type != train::kSlsaPredicate)
    throw Error(ExitCode::failed, name + ": its provenance is no SLSA provenance");
  LineageLink link{name,
                   train::root_of(manifest, train::Scope::checkpoint),
                   train::read_provenance(*said.predicate, name),
                   {}};
  if (!said.is_about(Digest::parse("sha256:" + link.root)))
    throw verification_error(Reason::digest_mismatch,
                             name + ": its provenance is about other files");
  return link;
}

LineageLink link_in(const fs::path& directory, train::Depth depth) {
  train::verify_checkpoint(directory, depth);
  const auto manifest = train::read_manifest(directory);
  if (manifest.find(train::kProvenancePath) == nullptr)
    throw Error(ExitCode::not_found, directory.string() + ": has no provenance",
                "checkpoints written before this version have none");
  return link_of(directory.string(), manifest, read_file(directory / train::kProvenancePath));
}

// The checkpoints beside `directory` by the roots of their files.
std::map<std::string, fs::path> neighbours(const fs::path& directory) {
  std::map<std::string, fs::path> found;
  const fs::path parent = directory.has_parent_path() ? directory.parent_path() : ".";
  for (const auto& checkpoint : train::checkpoints_of(parent)) {
    std::error_code ignored;
    if (fs::exists(checkpoint.path / train::kManifestPath, ignored))
      found[train::root_of(train::read_manifest(checkpoint.path), train::Scope::checkpoint)] =
          checkpoint.path;
  }
  return found;
}

const pack::Descriptor* layer_of(const pack::Manifest& manifest, std::string_view path) {
  for (const auto& layer : manifest.layers)
    if (pack::file_path_of(layer) == path) return &layer;
  return nullptr;
}

// The key that signed a statement with the same predicate about this artifact.
std::string signer_of(pack::Repository& repository, const Digest& artifact,
                      std::string_view statement, const std::vector<sign::PublicKey>& keys) {
  std::string signer;
  if (keys.empty()) return signer;
  const auto local = sign::parse_statement(statement, "provenance");
  sign::for_each_bundle(repository, artifact, [&](const sign::AttachedBundle& attached) {
    const auto* key = attached.bundle ? sign::signer_of(*attached.bundle, keys) : nullptr;
    if (key == nullptr || attached.bundle->envelope.payload_type != sign::kInTotoPayload) return;
    const auto said = sign::parse_statement(attached.bundle->envelope.payload, "attestation");
    if (said.predicate_type == train::kSlsaPredicate && said.is_about(artifact) &&
        *said.predicate == *local.predicate)
      signer = key->id().hex;
  });
  return signer;
}

// A model that was packed has no statement among its files: what was attached to it says where it
// came from. That of a trusted key counts before others.
LineageLink attested(pack::Repository& repository, const Digest& artifact,
                     const pack::Manifest& manifest, const std::string& name,
                     const std::vector<sign::PublicKey>& keys) {
  std::optional<LineageLink> link;
  sign::for_each_bundle(repository, artifact, [&](const sign::AttachedBundle& attached) {
    if (attached.bundle == nullptr ||
        attached.bundle->envelope.payload_type != sign::kInTotoPayload)
      return;
    const auto* key = sign::signer_of(*attached.bundle, keys);
    if (link && (key == nullptr || !link->signer.empty())) return;
    const auto said = sign::parse_statement(attached.bundle->envelope.payload, "attestation");
    if (said.predicate_type != train::kSlsaPredicate || !said.is_about(artifact)) return;
    link = LineageLink{name, train::root_of(files_of(manifest, name), train::Scope::model),
                       train::read_provenance(*said.predicate, name),
                       key != nullptr ? key->id().hex : std::string()};
  });
  if (!link)
    throw Error(ExitCode::not_found, name + ": has no provenance",
                "aiops pack --sign and aiops checkpoint push --sign attach it");
  return std::move(*link);
}

LineageLink link_in(pack::Repository& repository, const pack::Document& root,
                    const std::string& name, const std::vector<sign::PublicKey>& keys) {
  const auto manifest = pack::Manifest::parse(root.bytes, name);
  const auto* layer = layer_of(manifest, train::kProvenancePath);
  if (layer == nullptr) return attested(repository, root.descriptor.digest, manifest, name, keys);
  const std::string statement = pack::read_blob(repository, *layer, kMostStatement);
  auto link = link_of(name, files_of(manifest, name), statement);
  link.signer = signer_of(repository, root.descriptor.digest, statement, keys);
  return link;
}

// The tagged checkpoints of a repository by the roots that their manifests claim.
std::map<std::string, std::pair<std::string, pack::Document>> tagged(pack::Repository& repository,
                                                                     Context& context) {
  std::map<std::string, std::pair<std::string, pack::Document>> found;
  for_each_checkpoint(repository, context, [&](TaggedCheckpoint checkpoint) {
    if (checkpoint.notes.root.empty()) return;
    found.emplace(checkpoint.notes.root, std::pair(repository.name() + ":" + checkpoint.tag,
                                                   std::move(checkpoint.document)));
  });
  return found;
}

// Follows parents while there are any; a step back must lead to an earlier step.
template <typename Find>
std::vector<LineageLink> follow(LineageLink first, const Find& find) {
  std::vector<LineageLink> chain{std::move(first)};
  while (const auto parent = chain.back().provenance.parent) {
    auto next = find(parent->root);
    if (!next) break;
    if (next->root != parent->root || next->provenance.step != parent->step ||
        next->provenance.step >= chain.back().provenance.step)
      throw verification_error(Reason::digest_mismatch, next->name + ": is not the parent that " +
                                                            chain.back().name + " names");
    chain.push_back(std::move(*next));
  }
  return chain;
}

}  // namespace

namespace {

// Through the checkpoints beside `directory`.
std::vector<LineageLink> follow_beside(const fs::path& directory, LineageLink first,
                                       Context& context) {
  const auto beside = neighbours(directory);
  return follow(std::move(first), [&](const std::string& root) -> std::optional<LineageLink> {
    context.stop.check();
    const auto found = beside.find(root);
    if (found == beside.end()) return std::nullopt;
    return link_in(found->second, train::Depth::sizes);
  });
}

}  // namespace

std::vector<LineageLink> chain_in_directory(const fs::path& directory, Context& context) {
  return follow_beside(directory, link_in(directory, train::Depth::contents), context);
}

std::vector<LineageLink> chain_of_model(const fs::path& directory, Context& context) {
  std::set<std::string> ignore = sign::git_paths();
  ignore.insert(sign::default_signature_of(directory).filename().string());
  const auto listing = sign::list_files(directory, ignore);
  pack::DigestMemory none;  // a verdict rests on no memory
  const std::string root = sign::oms_root(
      sign::hash_files(directory, listing.files, none, context.status, context.stop));
  const auto checkpoint = published_from(directory, root);
  if (!checkpoint)
    throw Error(
        ExitCode::not_found, directory.string() + ": no checkpoint beside it has these files",
        "aiops checkpoint ls " + directory.parent_path().string() + " shows those that are there");
  LineageLink first = link_in(*checkpoint, train::Depth::sizes);
  first.name = directory.string();
  first.root = root;
  return follow_beside(*checkpoint, std::move(first), context);
}

std::vector<LineageLink> chain_in_repository(pack::Repository& repository,
                                             const pack::Document& root, const std::string& name,
                                             const std::vector<sign::PublicKey>& keys,
                                             Context& context) {
  auto first = link_in(repository, root, name, keys);
  const auto others = first.provenance.parent ? tagged(repository, context)
                                              : decltype(tagged(repository, context))();
  return follow(std::move(first), [&](const std::string& wanted) -> std::optional<LineageLink> {
    const auto found = others.find(wanted);
    if (found == others.end()) return std::nullopt;
    return link_in(repository, found->second.second, found->second.first, keys);
  });
}

}  // namespace aiops::commands
