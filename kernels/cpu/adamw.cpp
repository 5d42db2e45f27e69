// SPDX-License-Identifier: Apache-2.0
#include "kernels/adamw.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/parallel.hpp"

#include <cmath>

namespace aiops::kernels {
namespace {

AIOPS_CLONES void update(std::int64_t count, const AdamWFactors& factors, float* __restrict value,
                         const float* __restrict gradient, float* __restrict m,
                         float* __restrict v) {
  const AdamWFactors f = factors;
  for (std::int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] * f.gradient;
    m[i] = f.beta1 * m[i] + f.rest1 * g;
    v[i] = f.beta2 * v[i] + f.rest2 * (g * g);
    const float denominator = std::sqrt(v[i] * f.v_correction) + f.epsilon;
    value[i] = value[i] * f.keep - f.rate * (m[i] / denominator);
  }
}

}  // namespace

AdamWFactors adamw_factors(const AdamWConstants& c, std::int64_t step) {
  const auto t = static_cast<double>(step);
  return {.gradient = c.gradient_factor,
          .beta1 = static_cast<float>(c.beta1),
          .rest1 = static_cast<float>(1 - c.beta1),
          .beta2 = static_cast<float>(c.beta2),
          .rest2 = static_cast<float>(1 - c.beta2),
          .epsilon = static_cast<float>(c.epsilon),
          .keep = static_cast<float>(1 - c.learning_rate * c.weight_decay),
          .rate = static_cast<float>(c.learning_rate / (1 - std::pow(c.beta1, t))),
          .v_correction = static_cast<float>(1 / (1 - std::pow(c.beta2, t)))};
}

void adamw_update(const AdamWFactors& f, std::span<float> value, std::span<const float> gradient,
                  std::span<float> m, std::span<float> v, ThreadPool& threads) {
  for_each_chunk(threads, static_cast<std::int64_t>(value.size()), 32768,
                 [&](std::int64_t begin, std::int64_t end) {
                   update(end - begin, f, value.data() + begin, gradient.data() + begin,
                          m.data() + begin, v.data() + begin);
                 });
}

}  // namespace aiops::kernels
