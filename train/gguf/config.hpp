// SPDX-License-Identifier: Apache-2.0
// A GGUF file's metadata as a ModelConfig.
#pragma once

#include "pack/gguf.hpp"
#include "train/model/config.hpp"

namespace aiops::train {

// Refuses what cannot be honoured (another architecture, experts, a partial rotation, other ways of
// stretching the positions) with an Error{failed} that names the file and the key.
ModelConfig config_of_gguf(const pack::ByteSource& source, const pack::GgufHeader& header);

// The divisors of the rotary frequencies, head_dim / 2 of them, that GGUF keeps in a tensor of this
// name for Llama 3's stretched positions.
inline constexpr const char* kRopeFactors = "rope_freqs.weight";
std::vector<float> rope_factors(const ModelConfig& config);

}  // namespace aiops::train
