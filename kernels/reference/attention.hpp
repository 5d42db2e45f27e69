// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/attention.hpp"
#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

// On packed arrays: the strides of `shape` are not read. q and out are
// sequences · queries × heads · head_dim, k and v are sequences · keys × kv_heads · head_dim.
Numbers attention(const Attention& shape, const Numbers& q, const Numbers& k, const Numbers& v);
std::vector<Numbers> attention_gradient(const Attention& shape, const Numbers& q, const Numbers& k,
                                        const Numbers& v, const Numbers& out_gradient);

}  // namespace aiops::kernels::reference
