// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/reference/numbers.hpp"

#include <span>

namespace aiops::kernels::reference {

Numbers embedding(std::span<const std::int32_t> tokens, std::int64_t width, const Numbers& table);
std::vector<Numbers> embedding_gradient(std::span<const std::int32_t> tokens, std::int64_t width,
                                        const Numbers& table, const Numbers& out_gradient);

}  // namespace aiops::kernels::reference
