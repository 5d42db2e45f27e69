// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/model/model.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace aiops::train {

// How improbable a model finds texts: rows of different lengths, computed several at a time, padded
// to the longest of them. What a row's loss is does not depend on its neighbours.
class Scorer {
 public:
  // `hear` gets the sum of a row's counted losses, in nats; the rows in the order they were added.
  Scorer(Model& model, std::function<void(double loss)> hear);

  // Tokens `first` … of `tokens` count; each is predicted from all before it, so first is at
  // least 1. At most max_position_embeddings + 1 tokens.
  void add(std::span<const std::int32_t> tokens, std::size_t first);
  // Computes the rows that are waiting. To be called after the last one.
  void finish();

 private:
  struct Row {
    std::vector<std::int32_t> tokens;
    std::size_t first;
  };

  Model& model_;
  std::function<void(double)> hear_;
  std::vector<Row> rows_;
  std::size_t longest_ = 0;
};

}  // namespace aiops::train
