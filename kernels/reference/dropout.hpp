// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/dropout.hpp"
#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

// The 16 random bits of an element.
std::uint32_t dropout_bits(const Dropout& shape, std::uint64_t number);

Numbers dropout(const Dropout& shape, const Numbers& x);
std::vector<Numbers> dropout_gradient(const Dropout& shape, const Numbers& y_gradient);

}  // namespace aiops::kernels::reference
