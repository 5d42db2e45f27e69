// SPDX-License-Identifier: Apache-2.0
// How the weights of two models differ, tensor by tensor, read side by side in blocks.
#pragma once

#include "base/stop.hpp"
#include "train/model/files.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aiops::train {

struct TensorDifference {
  enum class Kind { same, changed, added, removed, reshaped };
  std::string name;
  Kind kind = Kind::same;
  std::string dtype;  // of B; of A where B has none; "F32 -> BF16" when they differ
  std::vector<std::uint64_t> shape;
  std::uint64_t elements = 0;
  // Of what changed: where a number is none (inf, nan) on either side the figures are nan.
  double max_absolute = 0;
  double mean_absolute = 0;
  double relative_norm = 0;  // |b - a| / |a|; infinity when a is zero
};
const char* name_of(TensorDifference::Kind kind);

// Every tensor of either, by name. Reads F32, BF16, F16, F64 and compares others by their bytes;
// their figures are nan. Throws what reading throws.
std::vector<TensorDifference> compare_tensors(const ModelFiles& a, const ModelFiles& b,
                                              const StopFlag& stop);

}  // namespace aiops::train
