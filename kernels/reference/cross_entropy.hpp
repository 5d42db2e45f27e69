// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cross_entropy.hpp"
#include "kernels/reference/numbers.hpp"

#include <span>

namespace aiops::kernels::reference {

// One loss per row.
Numbers cross_entropy(const CrossEntropy& shape, std::span<const std::int32_t> targets,
                      const Numbers& logits);
std::vector<Numbers> cross_entropy_gradient(const CrossEntropy& shape,
                                            std::span<const std::int32_t> targets,
                                            const Numbers& logits, const Numbers& loss_gradient);

}  // namespace aiops::kernels::reference
