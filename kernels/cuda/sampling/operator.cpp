// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"
#include "kernels/cuda/sampling/sampling.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_sampling& p) {
  Arguments("sampling")
      .array("logits", p.logits)
      .array("uniform", p.uniform)
      .array("tokens", p.tokens);
  return 0;
}

void launch(const Place& place, const aiops_sampling& p) {
  workspace(place.device, p);
  const Sampling how{
      .temperature = p.temperature, .top_k = p.top_k, .top_p = p.top_p, .min_p = p.min_p};
  require_queued(sample(p.rows, p.vocab, how, p.logits, p.uniform, p.tokens, place.stream));
}

std::uint64_t workspace(aiops_device&, const aiops_repetition_penalty& p) {
  Arguments("repetition_penalty").array("seen", p.seen).array("logits", p.logits);
  return 0;
}

void launch(const Place& place, const aiops_repetition_penalty& p) {
  workspace(place.device, p);
  require_queued(penalise_repetition(p.count, p.seen, p.penalty, p.logits, place.stream));
}

}  // namespace aiops::kernels::cuda
