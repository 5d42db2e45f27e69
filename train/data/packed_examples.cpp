// SPDX-License-Identifier: Apache-2.0
#include "train/data/packed_examples.hpp"

namespace aiops::train {

void PackedExamples::append_targets(const Piece& piece, Rows& rows) const {
  rows.targets.insert(rows.targets.end(), piece.size - 1, -1);
  if (targets_.values.empty()) return rows.targets.push_back(targets_.labels[piece.document]);
  const std::size_t width = targets_.width;
  rows.targets.push_back(static_cast<std::int32_t>(rows.values.size() / width));
  const auto values = std::span(targets_.values).subspan(piece.document * width, width);
  rows.values.insert(rows.values.end(), values.begin(), values.end());
}

}  // namespace aiops::train
