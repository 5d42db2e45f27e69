// SPDX-License-Identifier: Apache-2.0
// Replaces the singular values of a matrix by ones, nearly, with matrix products alone: what Muon
// makes of a gradient (Jordan and others, "Muon", 2024; the iteration is Newton's and Schulz's).
// Each round maps every singular value s to a s + b s³ + c s⁵. The coefficients are Muon's: chosen
// to lift small values quickly, they settle between about 0.7 and 1.2 rather than at 1.
#pragma once

#include "base/thread_pool.hpp"

#include <cstdint>

namespace aiops::kernels {

struct NewtonSchulz {
  std::int64_t rows = 0, columns = 0;
  double a = 3.4445, b = -4.7750, c = 2.0315;

  std::int64_t size() const { return rows * columns; }
  std::int64_t side() const { return rows < columns ? rows : columns; }
  std::int64_t scratch() const { return 2 * side() * side(); }  // floats
};

// next = a X + (b A + c A²) X with A = X X^T, or a X + X (b A + c A²) with A = X^T X when X has
// more rows than columns. X and next are rows × columns, row-major, apart from each other; scratch
// holds shape.scratch() floats.
void newton_schulz(const NewtonSchulz& shape, const float* x, float* next, float* scratch,
                   ThreadPool& threads);

}  // namespace aiops::kernels
