// SPDX-License-Identifier: Apache-2.0
// Tensors cut into files. A shard is the unit of deduplication and of resumed upload, so cuts fall
// between layers, and where they fall follows from names and shapes alone: the same model is cut
// alike at every step.
#pragma once

#include "train/model/weights.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

struct Shard {
  std::string file;  // "model.safetensors", "model-00001-of-00003.safetensors"
  std::vector<NamedTensor> tensors;
};

// Cuts tensors, in their order, into shards of at most `limit` bytes of data. Tensors of one layer
// (neighbours whose names have the same first number) stay together unless the layer alone is
// larger; a tensor is never cut. What fits into one file stays one.
std::vector<Shard> cut_shards(std::span<const NamedTensor> tensors, std::uint64_t limit,
                              std::string_view stem);

// STEM.safetensors.index.json, as Hugging Face's libraries read it.
std::string shard_index(std::span<const Shard> shards);

}  // namespace aiops::train
