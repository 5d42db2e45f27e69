// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/fakes/cudnn/objects.hpp"

#include <cuda_runtime_api.h>

#include <memory>

namespace aiops::fakes {

// Checks a variant pack against a graph and queues the graph's walk. `workspace` is what the real
// plan wants.
cudnnStatus_t queue_walk(std::shared_ptr<const Recorded> graph, const Recorded& pack,
                         std::size_t workspace, cudaStream_t stream);

}  // namespace aiops::fakes
