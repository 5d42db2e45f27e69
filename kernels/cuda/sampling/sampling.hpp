// SPDX-License-Identifier: Apache-2.0
// From logits to the next tokens, on the device: what kernels/sampling.hpp does for one row, for
// many. The same token in every run: nothing depends on who comes first.
#pragma once

#include "kernels/cuda/layer/status.hpp"
#include "kernels/sampling.hpp"

#include <cstdint>

namespace aiops::kernels::cuda {

// tokens[i] = what uniform[i] in [0, 1) picks of row i of logits (rows × vocab). All lie on the
// device. Probabilities are counted in units of 2^-40 of the best one's.
LaunchStatus sample(std::int64_t rows, std::int64_t vocab, const Sampling& sampling,
                    const float* logits, const float* uniform, std::int32_t* tokens, Stream stream);

// Makes the `count` tokens, all different, less probable in one row of logits.
LaunchStatus penalise_repetition(std::int64_t count, const std::int32_t* seen, double penalty,
                                 float* logits, Stream stream);

}  // namespace aiops::kernels::cuda
