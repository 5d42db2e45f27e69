// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/embedding/embedding.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_embedding_forward& p) {
  Arguments("embedding_forward", p.type)
      .array("ids", p.ids)
      .array("table", p.table)
      .array("out", p.out);
  return 0;
}

void launch(const Place& place, const aiops_embedding_forward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return embedding_forward(p.tokens, p.width, p.ids, as<T>(p.table), as<T>(p.out), place.stream);
  });
}

std::uint64_t workspace(aiops_device&, const aiops_embedding_backward& p) {
  Arguments("embedding_backward", p.type)
      .array("tokens", p.tokens)
      .array("starts", p.starts)
      .array("places", p.places)
      .array("out_gradient", p.out_gradient)
      .array("table_gradient", p.table_gradient);
  return 0;
}

void launch(const Place& place, const aiops_embedding_backward& p) {
  workspace(place.device, p);
  const OccurrencesThere found{p.tokens_that_occur, p.tokens, p.starts, p.places};
  queue_for(p.type, [&]<typename T>() {
    return embedding_backward(found, p.width, as<T>(p.out_gradient), p.table_gradient,
                              place.stream);
  });
}

}  // namespace aiops::kernels::cuda
