// SPDX-License-Identifier: Apache-2.0
// Device memory: 64 GiB of addresses that nobody may touch, of which allocations open pages one
// after the other. Each ends, rounded up to 16 bytes, where its pages do, so that an overrun traps
// even in code that tells nothing; freed pages are closed again and never reused.
// A runtime that closes device memory to the host does so itself, page by page.
#pragma once

#include "tests/simt/runtime/shadow.hpp"

#include <cstddef>
#include <string>

namespace aiops::simt {

struct Allocation {
  char* base;
  std::size_t size;
  std::string name;
  char* pages;
  std::size_t pages_size;
  bool live = true;
  Shadow shadow;
};

bool in_device_memory(const char* p);
// The allocation that owns the page of p, live or not; nullptr: none does.
Allocation* allocation_at(const char* p);
// Where all `size` bytes lie in one live allocation.
Allocation* allocation_of(const char* p, std::size_t size);

}  // namespace aiops::simt
