// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/dropout/dropout.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

namespace aiops::kernels::cuda {
namespace {

Dropout shape_of(const aiops_dropout_elements& e) {
  return {.count = e.count, .rate = e.rate, .seed = e.seed, .stream = e.stream, .first = e.first};
}

}  // namespace

std::uint64_t workspace(aiops_device&, const aiops_dropout_forward& p) {
  Arguments("dropout_forward", p.type)
      .array("x", p.x)
      .array("y", p.y)
      .optional("row", p.elements.row);
  return 0;
}

void launch(const Place& place, const aiops_dropout_forward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return dropout_forward(shape_of(p.elements), {p.elements.width, p.elements.row}, as<T>(p.x),
                           as<T>(p.y), place.stream);
  });
}

std::uint64_t workspace(aiops_device&, const aiops_dropout_backward& p) {
  Arguments("dropout_backward", p.type)
      .array("y_gradient", p.y_gradient)
      .array("x_gradient", p.x_gradient)
      .optional("row", p.elements.row);
  return 0;
}

void launch(const Place& place, const aiops_dropout_backward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return dropout_backward(shape_of(p.elements), {p.elements.width, p.elements.row},
                            as<T>(p.y_gradient), as<T>(p.x_gradient), place.stream);
  });
}

}  // namespace aiops::kernels::cuda
