// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/checkpoint.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "train/checkpoint/builder.hpp"
#include "train/checkpoint/filesystem_errors.hpp"
#include "train/checkpoint/provenance.hpp"
#include "train/checkpoint/run_directory.hpp"
#include "train/model/adapter_directory.hpp"

#include <fcntl.h>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

void verify_file(const fs::path& directory, const CheckpointManifest::File& file, Depth depth) {
  const fs::path path = directory / file.path;
  std::error_code failure;
  if (!fs::is_regular_file(path, failure))
    throw verification_error(Reason::missing_file,
                             directory.string() + ": " + file.path + " is missing");
  if (fs::file_size(path) != file.bytes ||
      (depth == Depth::contents && file_sha256(path) != file.sha256.hex()))
    throw verification_error(Reason::digest_mismatch,
                             directory.string() + ": " + file.path + " is not what was written");
}

}  // namespace

fs::path write_checkpoint(const fs::path& out, const CheckpointContent& content) {
  return translated([&] {
    const std::string name = step_name(content.step);
    CheckpointBuilder builder(out, name, content.digests);
    for (const auto& [path, bytes] : content.texts) builder.write(path, bytes);
    builder.write_tensors("", content.stem, content.weights, content.shard);
    builder.write_tensors("training/", "optimizer", content.optimiser, content.shard);
    if (content.provenance)
      builder.write(std::string(kProvenancePath), content.provenance(builder.manifest()));
    fs::path path = builder.publish();
    link_checkpoint(out, kLatest, name);
    return path;
  });
}

std::string file_sha256(const fs::path& path) {
  const Fd file = open_file(path, O_RDONLY);
  Hasher hasher;
  std::vector<std::byte> block(1 << 20);
  while (const std::size_t got = read_fully(file.get(), block, path))
    hasher.update({block.data(), got});
  return std::string(hasher.finish().hex());
}

CheckpointManifest read_manifest(const fs::path& checkpoint) {
  const fs::path path = checkpoint / kManifestPath;
  return CheckpointManifest::parse(read_file(path), path.string());
}

void verify_checkpoint(const fs::path& directory, Depth depth) {
  const std::string what = directory.string();
  std::error_code ignored;
  if (!fs::exists(directory / kManifestPath, ignored))
    throw verification_error(Reason::missing_file, what + ": no " + std::string(kManifestPath) +
                                                       ": not a whole checkpoint");
  const CheckpointManifest manifest = read_manifest(directory);
  if (manifest.find(kStatePath) == nullptr)
    throw verification_error(Reason::missing_file, what + ": it names no trainer state");
  translated([&] {
    for (const auto& file : manifest.files) verify_file(directory, file, Depth::sizes);
    if (depth == Depth::contents)
      for (const auto& file : manifest.files) verify_file(directory, file, depth);
  });
}

TrainerState read_state(const fs::path& checkpoint) {
  const fs::path path = checkpoint / kStatePath;
  return TrainerState::parse(read_file(path), path.string());
}

void load_checkpoint(const fs::path& checkpoint, Model& model, Optimiser& optimiser) {
  const auto files = ModelFiles::in_directory(checkpoint);
  if (model.lora())
    load_adapter(files, model);
  else
    load_weights(files, model);
  load_tensors(ModelFiles::in_directory(checkpoint / "training"), "optimizer", optimiser.state());
}

}  // namespace aiops::train
