// SPDX-License-Identifier: Apache-2.0
// A linear layer of a pass, on whatever computes it: its weight, and the bias where there is one,
// are parameters, which the backend may read rounded.
#pragma once

#include "kernels/backend.hpp"

namespace aiops::train {

class LinearLayer {
 public:
  LinearLayer(kernels::Backend& backend, std::int32_t type, std::int64_t rows, std::int64_t in,
              std::int64_t out)
      : backend_(backend), type_(type), rows_(rows), in_(in), out_(out) {}

  // y = x W^T + bias; bias may be null.
  void forward(kernels::Elements x, const float* weight, const float* bias,
               kernels::Elements y) const;
  // x_gradient (+)= y_gradient W.
  void input_gradient(kernels::Elements y_gradient, const float* weight,
                      aiops_accumulate accumulate, kernels::Elements x_gradient) const;
  // gradient (+)= y_gradient^T x.
  void weight_gradient(kernels::Elements y_gradient, kernels::Elements x,
                       aiops_accumulate accumulate, float* gradient) const;

 private:
  kernels::Backend& backend_;
  std::int32_t type_;
  std::int64_t rows_, in_, out_;
};

}  // namespace aiops::train
