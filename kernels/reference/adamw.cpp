// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/adamw.hpp"

#include <cmath>

namespace aiops::kernels::reference {

AdamWResult adamw(const AdamWConstants& c, std::int64_t step, const Numbers& value,
                  const Numbers& gradient, const Numbers& m, const Numbers& v) {
  AdamWResult out;
  const auto t = static_cast<double>(step);
  for (std::size_t i = 0; i < value.size(); ++i) {
    const double g = gradient[i] * static_cast<double>(c.gradient_factor);
    out.m.push_back(c.beta1 * m[i] + (1 - c.beta1) * g);
    out.v.push_back(c.beta2 * v[i] + (1 - c.beta2) * g * g);
    const double m_hat = out.m[i] / (1 - std::pow(c.beta1, t));
    const double v_hat = out.v[i] / (1 - std::pow(c.beta2, t));
    out.value.push_back(value[i] * (1 - c.learning_rate * c.weight_decay) -
                        c.learning_rate * m_hat / (std::sqrt(v_hat) + c.epsilon));
  }
  return out;
}

}  // namespace aiops::kernels::reference
