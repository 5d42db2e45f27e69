// SPDX-License-Identifier: Apache-2.0
#include "train/model/staged.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

// Padded to as many as there could be, so that every batch is told alike: the rest occurs nowhere.
Staged::Occurring stage_occurring(kernels::Backend& backend, kernels::Occurrences& found) {
  found.tokens.resize(found.places.size());
  found.starts.resize(found.places.size() + 1, found.starts.back());
  return {static_cast<std::int64_t>(found.tokens.size()),
          backend.stage(std::span<const std::int32_t>(found.tokens)),
          backend.stage(std::span<const std::int32_t>(found.starts)),
          backend.stage(std::span<const std::int32_t>(found.places))};
}

}  // namespace

void Stager::find_documents(const Batch& batch, Staged& staged) {
  starts_.clear();
  staged.reach = batch.length;
  if (batch.positions.empty()) return;
  const std::span<const std::int32_t> positions = batch.positions;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (positions[i] == 0 || i % static_cast<std::size_t>(batch.length) == 0)
      starts_.push_back(static_cast<std::int64_t>(i));
    staged.longest = std::max(staged.longest, static_cast<std::int64_t>(i) - starts_.back() + 1);
    staged.reach = std::max<std::int64_t>(staged.reach, positions[i] + 1);
  }
  staged.documents = static_cast<std::int64_t>(starts_.size());
  starts_.push_back(static_cast<std::int64_t>(positions.size()));
}

void Stager::count_positions(std::span<const std::int32_t> positions, std::int64_t tokens,
                             std::int64_t length, std::int64_t first) {
  counted_.assign(positions.begin(), positions.end());
  if (!positions.empty()) return;
  for (std::int64_t i = 0; i < tokens; ++i)
    counted_.push_back(static_cast<std::int32_t>(first + i % length));
}

Staged Stager::stage(kernels::Backend& backend, const Batch& batch, PositionTable table,
                     Occurrence occurrence) {
  Staged staged;
  find_documents(batch, staged);
  backend.begin_staging();
  staged.ids = backend.stage(batch.tokens);
  staged.targets = backend.stage(batch.targets);
  if (!batch.values.empty()) staged.values = backend.stage(batch.values);
  if (!batch.positions.empty()) {
    staged.positions = backend.stage(batch.positions);
    staged.starts = backend.stage(std::span<const std::int64_t>(starts_));
  }
  if (occurrence == Occurrence::counted) {
    kernels::find_occurrences(batch.tokens, tokens_);
    staged.tokens = stage_occurring(backend, tokens_);
  }
  if (table == PositionTable::none) return staged;
  count_positions(batch.positions, batch.rows * batch.length, batch.length, 0);
  staged.counted = backend.stage(std::span<const std::int32_t>(counted_));
  if (occurrence == Occurrence::counted) {
    kernels::find_occurrences(counted_, positions_);
    staged.counted_positions = stage_occurring(backend, positions_);
  }
  return staged;
}

void Stager::stage(kernels::Backend& backend, const Draws& draws, Staged& staged) {
  staged.seed = draws.seed;
  staged.first_row = backend.stage(std::span(&draws.first_row, 1));
}

Staged Stager::stage(kernels::Backend& backend, std::span<const std::int32_t> tokens,
                     std::int64_t first, PositionTable table) {
  const auto count = static_cast<std::int64_t>(tokens.size());
  Staged staged;
  staged.reach = first + count;
  backend.begin_staging();
  staged.ids = backend.stage(tokens);
  if (table == PositionTable::none) return staged;
  count_positions({}, count, count, first);
  staged.counted = backend.stage(std::span<const std::int32_t>(counted_));
  return staged;
}

}  // namespace aiops::train
