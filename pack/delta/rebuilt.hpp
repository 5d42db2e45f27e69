// SPDX-License-Identifier: Apache-2.0
// An artifact seen as its whole files, however they are stored. A file that is stored as a
// difference is rebuilt while it is read; what it is made from is fetched first, where it can be
// gone on with, and removed when the file is done. What lies on this machine is not fetched.
#pragma once

#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "pack/delta/decoder.hpp"
#include "pack/delta/layers.hpp"
#include "pack/repository.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace aiops::pack {

// A file on this machine with the bytes of a layer, or nothing. Called from several threads.
using LocalFiles = std::function<std::optional<std::filesystem::path>(const Descriptor&)>;

class RebuiltFiles {
 public:
  // Of one manifest of `from`. `workplace` is a directory of one's own, made on first use; `what`
  // is for messages. Keeps its references.
  RebuiltFiles(Repository& from, const Manifest& manifest, const std::string& what,
               LocalFiles local, std::filesystem::path workplace, const StopFlag& stop);

  // A layer of whole_layers(). Reading it throws what fetching and decoding throw: not_found when
  // the base of a difference is gone.
  Blob blob(const Descriptor& layer);

 private:
  using Steps = std::vector<DeltaSteps::Step>;

  std::optional<std::filesystem::path> find(const Descriptor& layer) const;
  Steps from_here(Steps steps) const;
  void rebuild(const Steps& steps, std::uint64_t offset, const Sink& sink);
  ByteSource source_of(const DeltaSteps::Step& step);
  InOrder opened(const Steps& steps);
  void forget(const Steps& steps);

  Repository& from_;
  std::string what_;
  DeltaSteps steps_;
  LocalFiles local_;
  std::filesystem::path workplace_;
  const StopFlag& stop_;
  std::mutex rebuilding_;  // one file at a time: its chunks are decoded side by side
  std::unique_ptr<ThreadPool> threads_;
  std::mutex counting_;
  std::map<Digest, std::size_t> needed_;  // blobs, by how many files that are not done yet
};

}  // namespace aiops::pack
