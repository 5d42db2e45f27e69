// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/reference/numbers.hpp"
#include "kernels/swiglu.hpp"

namespace aiops::kernels::reference {

Numbers swiglu(const Swiglu& shape, const Numbers& gate_up);
std::vector<Numbers> swiglu_gradient(const Swiglu& shape, const Numbers& gate_up,
                                     const Numbers& out_gradient);

}  // namespace aiops::kernels::reference
