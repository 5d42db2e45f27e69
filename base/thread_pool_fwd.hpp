// SPDX-License-Identifier: Apache-2.0
// For headers that only name the pool: nvcc would read all of thread_pool.hpp once for every
// architecture.
#pragma once

namespace aiops {
class ThreadPool;
}
