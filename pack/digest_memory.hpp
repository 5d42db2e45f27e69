// SPDX-License-Identifier: Apache-2.0
// Digests of files that this user's programs have hashed already: while training wrote them, or
// when they were signed or packed. What is asked for a digest later need not read them again.
//
// An entry is a claim about a file in a certain state (pack/file_state.hpp), and it is believed
// only while the file is in that very state and was at rest when its bytes were hashed. It is kept
// with the user's own state, never with the files: what comes from elsewhere brings no claims
// along. Nothing is stored anywhere under a digest because of an entry: whoever reads the bytes
// hashes them.
//
// One line an entry, `1 DEVICE INODE SIZE MTIME CTIME SEEN DIGEST CHECK`, appended by single writes
// so that processes need no lock; a file that has grown over its bound keeps its newer half. A line
// that is not what was written, and a file that others may write, say nothing.
#pragma once

#include "base/digest.hpp"
#include "pack/file_state.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace aiops::pack {

class DigestMemory {
 public:
  enum class Trust { yes, no };

  // `file` empty: forgets with the process. With Trust::no nothing is found, and what is noted
  // replaces what was known.
  explicit DigestMemory(std::filesystem::path file = {}, Trust trust = Trust::yes)
      : file_(std::move(file)), trust_(trust) {}

  std::optional<Digest> find(const FileState& state);
  // Notes that the file had this digest when its state was `state`, taken before the first of its
  // bytes was hashed and unchanged after the last. No effect unless it was at rest then.
  void note(const FileState& state, const Digest& digest);
  // The same of a file that this process has written itself: `written` is its state after the last
  // byte. Waits a moment for it to be at rest.
  void note_written(const std::filesystem::path& path, const FileState& written,
                    const Digest& digest);

 private:
  struct Entry {
    FileState state;
    Digest digest;
    bool holds_for(const FileState& now) const;
  };
  void load();
  void read_line(std::string_view line);

  std::filesystem::path file_;
  Trust trust_;
  std::mutex mutex_;
  bool loaded_ = false;
  bool is_ours_ = true;                                               // else it is not written to
  std::map<std::pair<std::uint64_t, std::uint64_t>, Entry> entries_;  // by device and inode
};

}  // namespace aiops::pack
