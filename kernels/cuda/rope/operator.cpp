// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"
#include "kernels/cuda/rope/rope.hpp"

namespace aiops::kernels::cuda {
namespace {

Rope shape_of(const aiops_rope& p) {
  Rope shape{.rows = p.rows,
             .length = p.length,
             .heads = p.heads,
             .head_dim = p.head_dim,
             .stride = p.stride,
             .first = p.first};
  if (p.positions != nullptr) shape.positions = {p.positions, static_cast<std::size_t>(p.rows)};
  return shape;
}

}  // namespace

std::uint64_t workspace(aiops_device&, const aiops_rope& p) {
  Arguments("rope", p.type)
      .optional("positions", p.positions)
      .array("cosine", p.cosine)
      .array("sine", p.sine)
      .array("x", p.x);
  return 0;
}

void launch(const Place& place, const aiops_rope& p) {
  workspace(place.device, p);
  const Rope shape = shape_of(p);
  queue_for(p.type, [&]<typename T>() {
    return p.backward != 0 ? rope_backward(shape, p.cosine, p.sine, as<T>(p.x), place.stream)
                           : rope_forward(shape, p.cosine, p.sine, as<T>(p.x), place.stream);
  });
}

}  // namespace aiops::kernels::cuda
