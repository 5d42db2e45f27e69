// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace aiops::kernels {

// Where each token of a batch occurs: with it no two blocks of a device add to the same row of a
// table's gradient, and rows are added in the order of the batch.
struct Occurrences {
  std::vector<std::int32_t> tokens;  // those that occur, ascending
  std::vector<std::int32_t> starts;  // token k stands at places[starts[k]] … [starts[k + 1] - 1]
  std::vector<std::int32_t> places;  // indices into the batch, ascending for each token
};
Occurrences occurrences_of(std::span<const std::int32_t> tokens);
// The same in the memory of one found before.
void find_occurrences(std::span<const std::int32_t> tokens, Occurrences& found);

}  // namespace aiops::kernels
