// SPDX-License-Identifier: Apache-2.0
// What an unfinished file holds, written down beside it while it is filled in any order.
//
// The length of a file says nothing about it: a part may have come before an earlier one, a power
// cut may leave zeros. So the journal claims: one byte for each segment that is there completely,
// written after the segment itself, and the state of the hash over the bytes at the front, so that
// going on with 100 GB does not begin with reading 100 GB.
//
// A claim is a plain write after a plain write, without any sync. That is enough for a process that
// is killed, because both are in the page cache by then, in this order. It is not enough for a
// machine that loses power, so a journal notes the boot it was written in; after another boot
// nothing in it is believed but the hash state, and that only once the bytes at the front have been
// read and lead to the same one. Whatever slips through is caught by the digest of the whole.
//
// One file of text, in slots at fixed places, so that no write depends on another:
//        0  aiops-journal-1 DIGEST SIZE BOOT CHECK
//      512  a hash state, with a check of its own; the older of the two is overwritten
//     1024  the other
//     1536  one byte a segment: '1' when it is there
#pragma once

#include "base/digest.hpp"
#include "base/fd.hpp"
#include "pack/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aiops::pack {

// This boot of the machine; empty when it cannot be known, and then no two are the same.
std::string boot_id();

class Journal {
 public:
  // What an earlier process wrote.
  struct Claims {
    bool this_boot = false;
    std::vector<char> segments;    // 1: all of it is in the file
    std::optional<Hasher> prefix;  // the hash of the file's first prefix->size() bytes
  };

  // Nothing is written before the first claim.
  Journal(std::filesystem::path path, const Descriptor& blob, std::size_t segments,
          std::string boot = boot_id());

  // Nothing when there is no journal, or it is of another blob or version, or damaged.
  std::optional<Claims> read() const;

  void claim(std::size_t segment);
  void save(const Hasher& prefix);
  void remove();

 private:
  int open();
  std::optional<Hasher> saved_state(int fd, std::uint64_t slot) const;

  std::filesystem::path path_;
  std::string digest_;
  std::uint64_t size_;
  std::size_t segments_;
  std::string boot_;
  Fd fd_;
  std::uint64_t next_slot_ = 0;
};

}  // namespace aiops::pack
