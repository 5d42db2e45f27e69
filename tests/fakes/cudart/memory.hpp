// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/fakes/cudart/fake_cudart.hpp"

#include <map>

namespace aiops::fakes {

// Device memory, which is that of the executor of kernels (tests/simt): only what is allocated can
// ever be touched, and that only while it is open.
class Arena {
 public:
  void* allocate(std::size_t bytes, int device);  // nullptr: it is used up
  bool release(void* memory);                     // false: no allocation begins there
  std::size_t used() const { return used_; }
  std::size_t size() const { return kBytes; }
  // The allocation that an address lies in, or nothing.
  std::optional<Range> find(const void* address) const;
  bool contains(const void* address) const;
  int device_of(const void* address) const;  // -1: no allocation holds it
  void open();                               // the host may touch allocations, until
  void close();                              // this

 private:
  static constexpr std::size_t kBytes = std::size_t{16} << 30;

  struct Block {
    char* pages;
    std::size_t page_bytes;
    std::size_t bytes;
    int device;
  };
  static void protect(const Block& block, int protection);

  std::size_t used_ = 0;
  std::uint64_t allocations_ = 0;
  std::map<const std::byte*, Block> blocks_;  // by where they begin
};

// Pinned host memory.
class PinnedMemory {
 public:
  void* allocate(std::size_t bytes);
  bool release(void* memory);
  bool contains(const Range& range) const;

 private:
  std::map<const std::byte*, std::size_t> blocks_;
};

}  // namespace aiops::fakes
