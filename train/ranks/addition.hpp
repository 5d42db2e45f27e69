// SPDX-License-Identifier: Apache-2.0
// Additions in a fixed order, so that sums are the same bits wherever they are made.
#pragma once

#include <cstddef>
#include <span>

namespace aiops::train {

// sums[i] = terms[0][i] + terms[1][i] + …, from the left. The sums lie apart from the terms.
void add_terms(std::span<const float* const> terms, std::span<float> sums);

// The first `count` values of every array become the sums of those of all arrays, from the left.
void add_in_place(std::span<float* const> arrays, std::size_t count);

}  // namespace aiops::train
