// SPDX-License-Identifier: Apache-2.0
// Small models with a head for labels, and batches for them.
#pragma once

#include "tests/unit/train/tiny_model.hpp"

namespace aiops::train {

inline ModelConfig tiny_head_config(Family family, HeadKind kind, std::size_t labels) {
  ModelConfig config = tiny_config_of(family);
  config.head = {kind, unnamed_labels(labels)};
  config.pad_token_id = 0;
  return config;
}

// Rows of 9 tokens, each of documents of 4 and 3 tokens and padding; a target at the end of both.
struct LabelledBatch {
  explicit LabelledBatch(const ModelConfig& config, std::int64_t row_count = 3) : rows(row_count) {
    const TinyBatch any(rows, kLength, config.vocab_size);
    tokens = any.tokens;
    std::int32_t number = 0;
    for (std::int64_t i = 0; i < rows * kLength; ++i) {
      const std::int64_t at = i % kLength;
      const bool ends = at == 3 || at == 6;
      positions.push_back(static_cast<std::int32_t>(at < 4 ? at : at < 7 ? at - 4 : at - 7));
      targets.push_back(!ends ? -1
                        : config.head.kind == HeadKind::regression
                            ? number
                            : number % static_cast<std::int32_t>(config.outputs()));
      number += ends ? 1 : 0;
    }
    for (std::int64_t i = 0; i < number * config.outputs(); ++i)
      values.push_back(
          static_cast<float>(kernels::uniform(5, 2, static_cast<std::uint64_t>(i)) * 2 - 1));
  }

  Batch batch() const {
    return {.rows = rows,
            .length = kLength,
            .tokens = tokens,
            .targets = targets,
            .positions = positions,
            .values = values};
  }
  // The tokens of a row's first or second document.
  std::span<const std::int32_t> document(std::size_t number) const {
    const std::size_t begin = number / 2 * kLength + (number % 2 == 0 ? 0 : 4);
    return std::span(tokens).subspan(begin, number % 2 == 0 ? 4 : 3);
  }

  static constexpr std::int64_t kLength = 9;
  std::int64_t rows;
  std::vector<std::int32_t> tokens, targets, positions;
  std::vector<float> values;
};

}  // namespace aiops::train
