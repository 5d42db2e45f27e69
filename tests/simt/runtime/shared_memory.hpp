// SPDX-License-Identifier: Apache-2.0
// The shared memory of the block that runs. Static arrays are laid out as threads first reach them,
// with a red zone before each; the dynamic one has exactly the bytes that the launch asked for.
// Every block finds rubbish there.
#pragma once

#include "tests/simt/runtime/shadow.hpp"

#include <cstddef>

namespace aiops::simt {

struct SharedArray {
  const void* key;
  const char* name;
  char* base;
  std::size_t size;
  Shadow shadow;
};

inline constexpr std::size_t kMostShared = std::size_t{227} << 10U;  // of a block, on sm_90

// Addresses of shared memory in PTX are offsets from here.
char* shared_memory();
bool in_shared_memory(const char* p);
// The array that has all `size` bytes; nullptr: none.
SharedArray* shared_array_of(const char* p, std::size_t size);
// The last array that begins at or before p.
SharedArray* shared_array_before(const char* p);
// What the static and the dynamic arrays need together.
std::size_t shared_bytes();

void begin_launch_shared(std::size_t dynamic_size);
void begin_block_shared();

}  // namespace aiops::simt
