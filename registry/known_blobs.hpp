// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/digest.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace aiops::registry {

// Which repositories of one registry were seen to hold a blob, so that it can be mounted into
// another one instead of travelling again. A memory, not a promise: the registry may have dropped
// it since. Kept in one file of bounded size; safe from several threads and processes.
class KnownBlobs {
 public:
  // `file` empty: forgets with the process.
  explicit KnownBlobs(std::filesystem::path file = {}) : file_(std::move(file)) {}

  void note(const Digest& digest, const std::string& repository);
  // The repository, other than `repository`, that was seen with it last.
  std::optional<std::string> elsewhere(const Digest& digest, const std::string& repository);
  // Mounting from there did not work: not to be proposed again by this process.
  void distrust(const std::string& repository);

 private:
  void load();

  std::filesystem::path file_;
  std::mutex mutex_;
  bool loaded_ = false;
  std::map<std::string, std::vector<std::string>> holders_;  // by digest, the latest last
  std::vector<std::string> distrusted_;
};

}  // namespace aiops::registry
