// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/optimiser/optimiser.hpp"

namespace aiops::train {

// Muon on the matrices inside the layers, AdamW on everything else: embeddings, the head, norms,
// biases. The rate of the matrices is options.matrix_rate at the peak of the schedule, and follows
// the schedule as the other one does.
std::unique_ptr<Optimiser> make_muon(const OptimiserOptions& options,
                                     std::span<const Parameter> parameters,
                                     kernels::Backend& backend);

}  // namespace aiops::train
