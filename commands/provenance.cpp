// SPDX-License-Identifier: Apache-2.0
#include "commands/provenance.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/delta/layers.hpp"
#include "sign/attestation.hpp"
#include "sign/oms.hpp"
#include "sign/statement.hpp"
#include "train/checkpoint/provenance.hpp"
#include "train/checkpoint/run_directory.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

bool is_about(const fs::path& provenance, const std::string& root) {
  const auto said = sign::parse_statement(read_file(provenance), provenance.string());
  return said.predicate_type == train::kSlsaPredicate &&
         said.is_about(Digest::parse("sha256:" + root));
}

// The trainer's statement, also about the artifact that its files have become: the artifact's
// subjects come first, the trainer's own stay.
std::string statement_about(const fs::path& provenance, const pack::Document& root,
                            const std::string& name) {
  const auto said = sign::parse_statement(read_file(provenance), provenance.string());
  auto subjects = sign::subjects_of(root, name);
  subjects.insert(subjects.end(), said.subjects.begin(), said.subjects.end());
  return sign::make_statement(subjects, said.predicate_type, OrderedJson(*said.predicate));
}

// As it was spelt where that is possible: names found there are shown.
fs::path directory_above(const fs::path& directory) {
  fs::path clean = directory.lexically_normal();
  if (!clean.has_filename()) clean = clean.parent_path();
  std::error_code ignored;
  if (clean == "." || clean.filename() == "..")
    return fs::weakly_canonical(directory, ignored).parent_path();
  return clean.has_parent_path() ? clean.parent_path() : ".";
}

}  // namespace

train::CheckpointManifest files_of(const pack::Manifest& manifest, const std::string& name) {
  train::CheckpointManifest files;
  for (const auto& layer : pack::whole_layers(manifest, name))
    files.files.push_back({pack::file_path_of(layer), layer.size, layer.digest});
  std::ranges::sort(files.files, {}, &train::CheckpointManifest::File::path);
  return train::CheckpointManifest::parse(files.to_text(), name);
}

std::optional<fs::path> published_from(const fs::path& directory, const std::string& root) {
  for (const auto& checkpoint : train::checkpoints_of(directory_above(directory))) {
    const fs::path provenance = checkpoint.path / train::kProvenancePath;
    try {
      if (is_about(provenance, root)) return checkpoint.path;
    } catch (const Error&) {  // it has none, or one that says nothing
    }
  }
  return std::nullopt;
}

std::optional<fs::path> provenance_of(const fs::path& directory, const pack::Document& root,
                                      Context& context) {
  const auto manifest = pack::Manifest::parse(root.bytes, directory.string());
  if (!sign::resources_of(manifest)) return std::nullopt;  // in archives: the layers are no files
  const auto files = files_of(manifest, directory.string());
  if (files.find(train::kProvenancePath) != nullptr) {
    const fs::path own = directory / train::kProvenancePath;
    if (is_about(own, train::root_of(files, train::Scope::checkpoint))) return own;
    context.status.warn(own.string() + ": is not about the files that lie with it; not attached");
    return std::nullopt;
  }
  const auto checkpoint = published_from(directory, train::root_of(files, train::Scope::model));
  if (checkpoint) return *checkpoint / train::kProvenancePath;
  if (!train::checkpoints_of(directory_above(directory)).empty())
    context.status.warn(directory.string() +
                        ": no checkpoint beside it has these files; signed without provenance");
  return std::nullopt;
}

void attach_provenance(pack::Repository& place, const pack::Document& root,
                       const fs::path& provenance, const sign::PrivateKey& key) {
  sign::attach_statement(place, root, statement_about(provenance, root, place.name()),
                         train::kSlsaPredicate, key);
}

}  // namespace aiops::commands
