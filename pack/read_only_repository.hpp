// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "pack/repository.hpp"

namespace aiops::pack {

// One artifact over files of a directory, to be copied from: it has no tags and no referrers, and
// takes nothing.
class ReadOnlyRepository : public Repository {
 public:
  BlobFate push(const Blob&, const std::function<void(std::uint64_t)>&) final { refuse(); }
  void push_manifest(const Document&, std::string_view) final { refuse(); }
  std::vector<Descriptor> referrers(const Digest&) final { return {}; }
  std::vector<std::string> tags() final { return {}; }

 private:
  [[noreturn]] void refuse() const {
    throw Error(ExitCode::usage, name() + ": is a directory; nothing can be pushed to it");
  }
};

}  // namespace aiops::pack
