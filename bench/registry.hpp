// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/suite.hpp"
#include "pack/repository.hpp"
#include "registry/traffic.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::bench {

struct RegistryPlan {
  std::vector<std::int64_t> sizes;      // of each blob, in bytes
  std::vector<std::int64_t> blobs;      // of an artifact
  std::size_t jobs = 0;                 // blobs in flight
  std::vector<std::string> operations;  // of registry_operations()
};

std::vector<std::string> registry_operations();  // push, pull

// Bytes a second to a registry and back, through the code that push and pull run: each push sends
// blobs that nobody has seen before, each pull reads the newest of them and checks its digests. The
// disk of this machine has no part in it. What reaches the registry is added to `pushed` ahead of
// its transfer, by digest and without a tag, so that the caller can remove it whatever happens.
// `traffic` is the remote's own. Throws what transfers throw.
Suite registry_suite(const RegistryPlan& plan, pack::Repository& remote, registry::Traffic& traffic,
                     std::vector<pack::Document>& pushed, const Bench& bench);

}  // namespace aiops::bench
