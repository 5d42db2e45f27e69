// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "pack/repository.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aiops::pack {

enum class Referrers { leave, copy };

struct TransferOptions {
  std::size_t jobs = 4;  // blobs in flight
  Referrers referrers = Referrers::leave;
  std::vector<std::string> further_tags = {};  // that the artifact gets, too
};

struct TransferResult {
  std::uint64_t blobs_sent = 0;
  std::uint64_t blobs_existed = 0;
  std::uint64_t blobs_mounted = 0;  // from another repository of the same registry
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_total = 0;     // of the artifact's own blobs, sent or not
  std::uint64_t manifests_sent = 0;  // 0: the place already had all of it, tag included
  std::uint64_t referrers = 0;
};

// Copies one artifact: its blobs in parallel, then the manifest, under `tag` (may be empty), then
// the referrers. An index is copied with everything below it. Manifest bytes pass unchanged. Stops
// between blobs when asked to.
TransferResult transfer(Repository& from, Repository& to, const Document& root,
                        std::string_view tag, const TransferOptions& options, Status& status,
                        const StopFlag& stop);

}  // namespace aiops::pack
