// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/suite.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace aiops::bench {

// Every combination is measured.
struct StoragePlan {
  std::filesystem::path directory;
  std::vector<std::int64_t> sizes;      // bytes of a file
  std::vector<std::string> operations;  // of storage_operations()
};

std::vector<std::string> storage_operations();  // write, read

// Bytes a second of a file in the directory, block by block: written and synced, or read when the
// page cache has nothing of it, which is asked for ahead of each sample and kept in the record. The
// operations of one size take turns. Throws Error{failed} when the cache does not let go, what is
// read is not what was written, or the room does not suffice.
Suite storage_suite(const StoragePlan& plan, const Bench& bench);

}  // namespace aiops::bench
