// SPDX-License-Identifier: Apache-2.0
// What operators read of a batch, where their backend finds it: tokens, targets and positions,
// where documents start, and where each token occurs, which is how gradients of tables are summed
// without two writers of one row.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/occurrences.hpp"
#include "train/model/model.hpp"

#include <cstdint>
#include <vector>

namespace aiops::train {

enum class PositionTable { none, learned };
enum class Occurrence { unused, counted };  // of tokens and positions, which a backward pass needs

struct Staged {
  struct Occurring {
    std::int64_t count = 0;
    const std::int32_t *tokens = nullptr, *starts = nullptr, *places = nullptr;
  };

  const std::int32_t* ids = nullptr;
  const std::int32_t* targets = nullptr;
  const float* values = nullptr;            // of a regression
  const std::int32_t* positions = nullptr;  // null: 0, 1, 2 … in each row
  const std::int32_t* counted = nullptr;    // positions written out, for a table of them
  Occurring tokens, counted_positions;
  // Of packed documents: where they start and past the last one; null where every row is one.
  const std::int64_t* starts = nullptr;
  std::int64_t documents = 0, longest = 0;
  // Of a training pass, which drops.
  std::uint64_t seed = 0;
  const std::uint64_t* first_row = nullptr;
  std::int64_t reach = 0;  // one more than the highest position
};

// Stages batches. Keeps what it staged on the host, for backends that read it there.
class Stager {
 public:
  Staged stage(kernels::Backend& backend, const Batch& batch, PositionTable table,
               Occurrence occurrence);
  static void stage(kernels::Backend& backend, const Draws& draws, Staged& staged);
  // One row of tokens that follow `first` others; no targets.
  Staged stage(kernels::Backend& backend, std::span<const std::int32_t> tokens, std::int64_t first,
               PositionTable table);

 private:
  void find_documents(const Batch& batch, Staged& staged);
  void count_positions(std::span<const std::int32_t> positions, std::int64_t tokens,
                       std::int64_t length, std::int64_t first);

  std::vector<std::int64_t> starts_;
  std::vector<std::int32_t> counted_;
  kernels::Occurrences tokens_, positions_;
};

}  // namespace aiops::train
