// SPDX-License-Identifier: Apache-2.0
#include "train/model/linear.hpp"

namespace aiops::train {

using kernels::Elements;

void LinearLayer::forward(Elements x, const float* weight, const float* bias, Elements y) const {
  backend_.run(aiops_linear_forward{.type = type_,
                                    .activation = AIOPS_NO_ACTIVATION,
                                    .rows = rows_,
                                    .in = in_,
                                    .out = out_,
                                    .x = x,
                                    .weight = backend_.rounded(weight),
                                    .bias = bias == nullptr ? nullptr : backend_.rounded(bias),
                                    .pre_activation = nullptr,
                                    .y = y});
}

void LinearLayer::input_gradient(Elements y_gradient, const float* weight,
                                 aiops_accumulate accumulate, Elements x_gradient) const {
  backend_.run(aiops_linear_backward_input{.type = type_,
                                           .accumulate = accumulate,
                                           .rows = rows_,
                                           .in = in_,
                                           .out = out_,
                                           .y_gradient = y_gradient,
                                           .weight = backend_.rounded(weight),
                                           .pre_activation = nullptr,
                                           .x_gradient = x_gradient});
}

void LinearLayer::weight_gradient(Elements y_gradient, Elements x, aiops_accumulate accumulate,
                                  float* gradient) const {
  backend_.run(aiops_linear_backward_weight{.type = type_,
                                            .accumulate = accumulate,
                                            .rows = rows_,
                                            .in = in_,
                                            .out = out_,
                                            .y_gradient = y_gradient,
                                            .x = x,
                                            .weight_gradient = gradient,
                                            .bias_gradient = nullptr});
}

}  // namespace aiops::train
