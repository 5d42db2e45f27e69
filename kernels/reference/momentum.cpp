// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/momentum.hpp"

namespace aiops::kernels::reference {

MomentumResult momentum(const MomentumConstants& c, const Numbers& value, const Numbers& gradient,
                        const Numbers& buffer) {
  MomentumResult out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    out.buffer.push_back(c.momentum * buffer[i] + gradient[i]);
    out.value.push_back(value[i] * (1 - c.learning_rate * c.weight_decay) -
                        c.learning_rate * out.buffer[i]);
  }
  return out;
}

MomentumResult nesterov(const MomentumConstants& c, const Numbers& value, const Numbers& gradient,
                        const Numbers& buffer) {
  MomentumResult out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    out.buffer.push_back(c.momentum * buffer[i] + (1 - c.momentum) * gradient[i]);
    const double direction = (1 - c.momentum) * gradient[i] + c.momentum * out.buffer[i];
    out.value.push_back(value[i] * (1 - c.learning_rate * c.weight_decay) -
                        c.learning_rate * direction);
  }
  return out;
}

}  // namespace aiops::kernels::reference
