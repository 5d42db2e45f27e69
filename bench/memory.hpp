// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/suite.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::bench {

struct MemoryPlan {
  std::vector<std::int64_t> sizes;      // bytes of each array
  std::vector<std::string> operations;  // of memory_operations()
  std::vector<std::string> stores;      // of memory_stores(); a read has none
};

std::vector<std::string> memory_operations();  // copy, read, triad
std::vector<std::string> memory_stores();      // normal, nontemporal
// Arrays within each cache and one at least four times larger than the last.
std::vector<std::int64_t> memory_default_sizes();

// Bytes a second that loops over arrays move, as STREAM counts them: every array once. Cases of one
// size take turns. Throws Error{usage} for a size too small for the threads, Error{failed} when the
// memory does not suffice or an array does not hold what it should.
Suite memory_suite(const MemoryPlan& plan, const Bench& bench);

}  // namespace aiops::bench
