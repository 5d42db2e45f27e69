// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/suite.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::bench {

struct HashPlan {
  std::vector<std::string> algorithms;  // sha256, sha512
  std::vector<std::int64_t> blocks;     // bytes handed over at a time
};

// Bytes a second that base/digest.hpp hashes, one stream a thread, block by block: what packing,
// pulling and verifying do. Algorithms of one block size take turns.
Suite hash_suite(const HashPlan& plan, const Bench& bench);

}  // namespace aiops::bench
