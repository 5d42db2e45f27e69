// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/newton_schulz.hpp"
#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

// One round.
Numbers newton_schulz(const NewtonSchulz& shape, const Numbers& x);

}  // namespace aiops::kernels::reference
