// SPDX-License-Identifier: Apache-2.0
#include "commands/local_checkpoints.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "train/checkpoint/checkpoint.hpp"
#include "train/checkpoint/run_directory.hpp"

#include <fcntl.h>

#include <map>
#include <mutex>
#include <vector>

namespace aiops::commands {
namespace {

namespace fs = std::filesystem;

class LocalCheckpoints {
 public:
  LocalCheckpoints(const fs::path& out, pack::DigestMemory& digests) : digests_(digests) {
    for (const auto& checkpoint : train::checkpoints_of(out)) {
      try {
        for (const auto& file : train::read_manifest(checkpoint.path).files)
          files_.emplace(file.sha256, checkpoint.path / file.path);
      } catch (const Error&) {  // no checkpoint, or a damaged one: it has nothing to give
      }
    }
  }

  std::optional<fs::path> find(const pack::Descriptor& layer) {
    const auto [first, last] = files_.equal_range(layer.digest);
    for (auto at = first; at != last; ++at)
      if (holds(at->second, layer)) return at->second;
    return std::nullopt;
  }

 private:
  bool holds(const fs::path& path, const pack::Descriptor& layer) {
    try {
      const Fd file = open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      const auto state = pack::FileState::of(file.get(), path);
      if (state.size != layer.size) return false;
      if (const auto known = digests_.find(state)) return *known == layer.digest;
      const std::lock_guard lock(hashing_);
      if (const auto known = digests_.find(state)) return *known == layer.digest;
      const Digest digest = hash(file, path);
      if (pack::FileState::of(file.get(), path).is_same(state)) digests_.note(state, digest);
      return digest == layer.digest;
    } catch (const Error&) {  // gone meanwhile, or not to be read
      return false;
    }
  }

  static Digest hash(const Fd& file, const fs::path& path) {
    Hasher hasher;
    std::vector<std::byte> block(1 << 20);
    while (const auto got = read_fully(file.get(), block, path))
      hasher.update(std::span(block).first(got));
    return hasher.finish();
  }

  pack::DigestMemory& digests_;
  std::multimap<Digest, fs::path> files_;
  std::mutex hashing_;
};

}  // namespace

pack::LocalFiles local_checkpoints(const fs::path& out, pack::DigestMemory& digests) {
  const auto checkpoints = std::make_shared<LocalCheckpoints>(out, digests);
  return [checkpoints](const pack::Descriptor& layer) { return checkpoints->find(layer); };
}

}  // namespace aiops::commands
