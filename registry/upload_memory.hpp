// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/known_blobs.hpp"
#include "registry/push_journal.hpp"
#include "registry/quirks.hpp"
#include "registry/upload_limits.hpp"

#include <filesystem>

namespace aiops::registry {

// What uploads to one registry leave for later ones. Under `state`:
//   registry/uploads/<hash>                one file per upload that has not ended
//   registry/hosts/<scheme>-<host>.blobs   which repositories hold which blobs
//   registry/hosts/<scheme>-<host>.limits  how large a body may be
struct UploadMemory {
  // `state` empty: everything is forgotten with the process.
  UploadMemory(const std::filesystem::path& state, const Url& registry)
      : journal(state.empty() ? state : state / "registry/uploads"),
        blobs(file(state, registry, ".blobs")),
        limits(file(state, registry, ".limits"), known(registry)) {}

  PushJournal journal;
  KnownBlobs blobs;
  LearnedLimits limits;

 private:
  static std::filesystem::path file(const std::filesystem::path& state, const Url& registry,
                                    const char* suffix) {
    if (state.empty()) return {};
    return state / "registry/hosts" / (registry.scheme + "-" + registry.authority + suffix);
  }
  static UploadLimits known(const Url& registry) {
    const Quirks& quirks = quirks_of(registry.authority);
    return {.whole_refused = 0, .piece = quirks.piece, .patch_limit = quirks.patch_limit};
  }
};

}  // namespace aiops::registry
