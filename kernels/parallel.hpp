// SPDX-License-Identifier: Apache-2.0
// How operators share work out: pieces whose borders follow from the shape alone, so that what a
// piece computes does not depend on the number of threads.
#pragma once

#include "base/thread_pool.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>

namespace aiops::kernels {

// Calls piece(begin, end) for [0, grain), [grain, 2·grain), … below `count`. Passing the pool a
// reference rather than a copy keeps std::function from allocating in every operator.
template <typename Piece>
void for_each_chunk(ThreadPool& threads, std::int64_t count, std::int64_t grain,
                    const Piece& piece) {
  if (count <= 0) return;
  const auto chunk = [&](std::size_t index) {
    const std::int64_t begin = static_cast<std::int64_t>(index) * grain;
    piece(begin, std::min(begin + grain, count));
  };
  threads.run(static_cast<std::size_t>((count + grain - 1) / grain), std::ref(chunk));
}

// The rows that make a piece worth handing out: about 16 Ki elements of light work.
inline std::int64_t rows_per_piece(std::int64_t width) {
  return std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, width));
}

}  // namespace aiops::kernels
