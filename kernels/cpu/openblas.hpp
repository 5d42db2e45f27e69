// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cpu/tile_product.hpp"

#include <string>

namespace aiops::kernels {

// OpenBLAS, opened on first use because loading it takes 1.2 ms and few commands multiply. Held to
// one thread: the tiles are shared out by our pool, and two pools that spin fight for the cores.
class OpenBlas {
 public:
  // The library, or nullptr when the system has none that can be used.
  static const OpenBlas* find();

  void multiply(const TileProduct& product) const;
  const std::string& name() const { return name_; }  // "OpenBLAS 0.3.21 Cooperlake"

 private:
  // cblas_sgemm with cblas.h's enumerations as the int that they are.
  using Sgemm = void(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                     const float* a, int lda, const float* b, int ldb, float beta, float* c,
                     int ldc);
  OpenBlas();

  Sgemm* sgemm_;
  std::string name_;
};

}  // namespace aiops::kernels
