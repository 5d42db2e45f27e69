// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/data/packed_documents.hpp"

namespace aiops::train {

// What is to be said of each document: a label, or some numbers.
struct DocumentTargets {
  std::vector<std::int32_t> labels = {};  // of a classification
  std::vector<float> values = {};         // of a regression: `width` for each document
  std::size_t width = 1;
};

// Packed documents with one target each, at the last token. Documents of one length are shuffled:
// data is often sorted by label, and rows of one label alone would make bad steps.
class PackedExamples final : public PackedDocuments {
 public:
  // As PackedDocuments. What is too long is cut or skipped.
  PackedExamples(std::span<const std::int32_t> tokens, std::span<const std::uint64_t> starts,
                 DocumentTargets targets, std::int64_t length, TooLong too_long, double validation,
                 std::uint64_t seed, std::shared_ptr<const void> keep = nullptr)
      : PackedDocuments(tokens, starts, length, too_long, validation, seed, std::move(keep),
                        Ties::shuffled),
        targets_(std::move(targets)) {}

  std::string noun() const override { return "rows of examples"; }

 private:
  void append_targets(const Piece& piece, Rows& rows) const override;

  DocumentTargets targets_;
};

}  // namespace aiops::train
