// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string_view>

namespace aiops::registry {

// How large a body a registry takes, or a proxy before it. Bytes; 0: no limit known.
struct UploadLimits {
  std::uint64_t whole_refused = 0;  // a PUT of so much was refused
  std::uint64_t piece = 0;          // of a PATCH, instead
  std::uint64_t patch_limit = 0;    // the largest PATCH
};

// What uploads have learnt about one registry, for the next blob and the next process: a refusal
// costs a blob of that size once. Forgotten after a month, since proxies are reconfigured. Safe
// from several threads.
class LearnedLimits {
 public:
  // `file` empty: forgets with the process. `known`: where learning starts.
  LearnedLimits(std::filesystem::path file, UploadLimits known);

  UploadLimits get();
  void refused_whole(std::uint64_t size, std::uint64_t piece);  // and pieces of that size work
  void refused_patch(std::uint64_t limit);

 private:
  void load();
  void save() const;

  std::filesystem::path file_;
  std::mutex mutex_;
  bool loaded_ = false;
  UploadLimits limits_;
};

}  // namespace aiops::registry
