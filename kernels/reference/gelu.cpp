// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/gelu.hpp"

#include <cmath>
#include <numbers>

namespace aiops::kernels::reference {
namespace {

const double kScale = std::sqrt(2 / std::numbers::pi);

double bent(double x) { return std::tanh(kScale * (x + 0.044715 * x * x * x)); }

}  // namespace

Numbers gelu(const Numbers& x) {
  Numbers out;
  for (const double value : x) out.push_back(value / 2 * (1 + bent(value)));
  return out;
}

std::vector<Numbers> gelu_gradient(const Numbers& x, const Numbers& out_gradient) {
  Numbers dx;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double t = bent(x[i]);
    const double slope =
        (1 + t) / 2 + x[i] / 2 * (1 - t * t) * kScale * (1 + 0.134145 * x[i] * x[i]);
    dx.push_back(out_gradient[i] * slope);
  }
  return {dx};
}

}  // namespace aiops::kernels::reference
