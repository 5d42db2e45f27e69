// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/digest.hpp"
#include "base/fd.hpp"
#include "pack/descriptor.hpp"
#include "pack/journal.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace aiops::pack {

// Bytes of a blob that are not there: [begin, end).
struct Gap {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t size() const { return end - begin; }
};

// A blob on its way into a file: the file, its journal, and the hash that follows from the front.
// Filled either from the front with append(), which hashes what it is given, or at several places
// at once with put(), behind which one thread calls follow().
//
// A Partial is owned by an flock on its file, so two processes that want one digest do not write it
// twice: the second waits.
class Partial {
 public:
  // Opens and locks the file, and takes up what an earlier run left in it. Nothing when `is_done()`
  // says so once the lock is had: somebody completed the blob while we waited.
  static std::unique_ptr<Partial> own(const std::filesystem::path& file, const Descriptor& blob,
                                      const std::function<bool()>& is_done);
  Partial(const Partial&) = delete;
  Partial& operator=(const Partial&) = delete;

  const Descriptor& blob() const { return blob_; }
  const std::filesystem::path& path() const { return path_; }
  bool holds_earlier_bytes() const { return earlier_; }
  std::uint64_t hashed() const { return hasher_.size(); }
  bool is_full() const { return hashed() == blob_.size; }
  // What is missing, in order; the first begins at hashed() once follow() has nothing left to do.
  std::vector<Gap> missing() const;
  std::uint64_t segment_size() const { return segment_size_; }

  // Takes the space on the disk, so that a full one is known before the transfer and not at its
  // end.
  void reserve();
  // The next bytes, at hashed(). Throws digest-mismatch when they are more than the blob has.
  void append(std::span<const std::byte> bytes);
  // Bytes anywhere. A segment must be written from its front to its end. Safe from several threads.
  void put(std::uint64_t offset, std::span<const std::byte> bytes);
  // Reads back and hashes what is there at hashed() and behind it, `most` bytes or a little more.
  // Returns how many.
  std::uint64_t follow(std::uint64_t most = ~0ull);
  // Notes how far the hash has come, so that another process can go on from here.
  void checkpoint();

  // True when the bytes are those of the digest. Ends the hashing.
  bool is_right();
  void restart();  // forgets every byte
  void discard();  // removes file and journal
  // Syncs the file; its name stays.
  void sync(unsigned mode);
  // Syncs, renames to `target`, and removes the journal.
  void commit(const std::filesystem::path& target);
  void forget_journal();

 private:
  Partial(Fd fd, std::filesystem::path path, const Descriptor& blob);
  void adopt();
  void adopt_of_this_boot(Journal::Claims& claims, std::uint64_t length);
  void adopt_of_another_boot(const Journal::Claims& claims, std::uint64_t length);
  std::uint64_t end_of(std::size_t segment) const;
  std::size_t segment_at(std::uint64_t offset) const { return offset / segment_size_; }
  bool has_segment(std::size_t segment) const;
  void written(std::uint64_t begin, std::uint64_t end);

  Fd fd_;
  std::filesystem::path path_;
  Descriptor blob_;
  std::uint64_t segment_size_;
  Journal journal_;
  Hasher hasher_;
  std::uint64_t checkpoint_ = 0;  // hashed() at the last one
  bool earlier_ = false;
  std::vector<std::byte> block_;

  mutable std::mutex mutex_;    // of the two below, and of claims in the journal
  std::vector<char> segments_;  // 1: there
};

}  // namespace aiops::pack
