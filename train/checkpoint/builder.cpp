// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/builder.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "pack/safetensors.hpp"
#include "train/checkpoint/shards.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

// Hashed and written in pieces that stay in the cache between the two.
constexpr std::size_t kPiece = 1 << 18;

}  // namespace

CheckpointBuilder::CheckpointBuilder(const fs::path& out, const std::string& name,
                                     pack::DigestMemory* digests)
    : out_(out), temporary_(out / (name + ".tmp")), name_(name), digests_(digests) {
  fs::remove_all(temporary_);
  make_directories(temporary_ / "training");
}

CheckpointBuilder::~CheckpointBuilder() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

void CheckpointBuilder::write_file(const std::string& path,
                                   const std::function<void(const Sink&)>& produce) {
  const fs::path whole = temporary_ / path;
  const Fd file = open_file(whole, O_WRONLY | O_CREAT | O_EXCL);
  Hasher hasher;
  produce([&](std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const auto piece = bytes.first(std::min(bytes.size(), kPiece));
      hasher.update(piece);
      write_fully(file.get(), piece, whole);
      bytes = bytes.subspan(piece.size());
    }
  });
  if (::fsync(file.get()) != 0) throw system_error(whole.string(), errno);
  const std::uint64_t size = hasher.size();
  const Digest digest = hasher.finish();
  written_.push_back({path, pack::FileState::of(file.get(), whole), digest});
  const auto at =
      std::ranges::upper_bound(manifest_.files, path, {}, &CheckpointManifest::File::path);
  manifest_.files.insert(at, {path, size, digest});
}

void CheckpointBuilder::write(const std::string& path, std::string_view bytes) {
  write_file(path, [&](const Sink& sink) { sink(std::as_bytes(std::span(bytes))); });
}

void CheckpointBuilder::write_tensors(const std::string& folder, std::string_view stem,
                                      std::span<const NamedTensor> tensors, std::uint64_t limit) {
  const auto shards = cut_shards(tensors, limit, stem);
  for (const Shard& shard : shards) {
    std::vector<pack::TensorToWrite> writes;
    for (const NamedTensor& tensor : shard.tensors) writes.push_back(to_write(tensor));
    write_file(folder + shard.file, [&](const Sink& sink) {
      pack::write_safetensors(sink, shard.file, std::move(writes));
    });
  }
  if (shards.size() > 1)
    write(folder + std::string(stem) + ".safetensors.index.json", shard_index(shards));
}

fs::path CheckpointBuilder::publish() {
  const std::string text = manifest_.to_text();
  write(std::string(kManifestPath), text);
  sync_directory(temporary_ / "training");
  sync_directory(temporary_);
  const fs::path target = out_ / name_;
  const fs::path old = out_ / (name_ + ".old.tmp");
  fs::remove_all(old);
  if (fs::exists(target)) fs::rename(target, old);  // by a run that went back; of the same step
  fs::rename(temporary_, target);
  temporary_.clear();
  sync_directory(out_);
  fs::remove_all(old);
  if (digests_ != nullptr)
    for (const Written& file : written_)
      digests_->note_written(target / file.path, file.state, file.digest);
  return target;
}

}  // namespace aiops::train
