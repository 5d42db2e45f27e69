// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/digest.hpp"
#include "base/fd.hpp"
#include "registry/url.hpp"

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

namespace aiops::registry {

// Where uploads stand, for the process that comes after a killed one. One small file per
// {registry, repository, digest}. It holds the session's Location, whose query may be a key to the
// session: the files are readable by their owner only, and nothing of them is ever logged.
//
// A journal that cannot be read or written is no failure: it costs a blob sent again.
class PushJournal {
 public:
  struct Session {
    Url location;              // the newest that the registry gave
    std::uint64_t offset = 0;  // the bytes that it is known to have; it may have more
  };

  // The place of one upload. Held by one owner at a time, in this process or another; whoever comes
  // second gets an entry that remembers nothing.
  class Entry {
   public:
    Entry() = default;
    // What the last owner left.
    const std::optional<Session>& session() const { return session_; }
    void keep(const Session& session);
    void lose();    // the session is gone; another one may follow
    void forget();  // the upload is over

   private:
    friend class PushJournal;
    Fd fd_;  // with the lock; empty when there is no journal or somebody else holds the entry
    std::filesystem::path path_;
    std::string key_;
    std::optional<Session> session_;
  };

  // `directory` empty: remembers nothing. Made on first use.
  explicit PushJournal(std::filesystem::path directory = {}) : directory_(std::move(directory)) {}

  // `registry`: the origin of its base URL.
  Entry open(const std::string& registry, const std::string& repository, const Digest& digest);
  // Drops what is left of an upload that turned out to be unnecessary.
  void drop(const std::string& registry, const std::string& repository, const Digest& digest);

 private:
  enum class Missing { create, leave };
  Entry open(const std::string& key, Missing missing);
  void sweep() const;

  std::filesystem::path directory_;
  std::once_flag swept_;
};

}  // namespace aiops::registry
