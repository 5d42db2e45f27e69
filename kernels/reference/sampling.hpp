// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/reference/numbers.hpp"
#include "kernels/sampling.hpp"

namespace aiops::kernels::reference {

// The probability of every token, 0 for those that may not follow.
Numbers sampling(const Sampling& sampling, const Numbers& logits);

}  // namespace aiops::kernels::reference
