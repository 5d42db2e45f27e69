// SPDX-License-Identifier: Apache-2.0
#include "kernels/momentum.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/parallel.hpp"

namespace aiops::kernels {
namespace {

constexpr std::int64_t kGrain = 32768;

AIOPS_CLONES void update(std::int64_t count, const MomentumFactors& factors,
                         float* __restrict value, const float* __restrict gradient,
                         float* __restrict buffer) {
  const MomentumFactors f = factors;
  for (std::int64_t i = 0; i < count; ++i) {
    buffer[i] = f.momentum * buffer[i] + f.gradient * gradient[i];
    value[i] = value[i] * f.keep - f.rate * buffer[i];
  }
}

AIOPS_CLONES void look_ahead(std::int64_t count, float momentum, float rest, float factor,
                             const float* __restrict gradient, float* __restrict buffer,
                             float* __restrict direction) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float fresh = rest * (factor * gradient[i]);
    buffer[i] = momentum * buffer[i] + fresh;
    direction[i] = momentum * buffer[i] + fresh;
  }
}

AIOPS_CLONES void follow(std::int64_t count, float keep, float rate,
                         const float* __restrict direction, float* __restrict value) {
  for (std::int64_t i = 0; i < count; ++i) value[i] = value[i] * keep - rate * direction[i];
}

}  // namespace

MomentumFactors momentum_factors(const MomentumConstants& c) {
  return {.momentum = static_cast<float>(c.momentum),
          .keep = static_cast<float>(1 - c.learning_rate * c.weight_decay),
          .rate = static_cast<float>(c.learning_rate)};
}

void momentum_update(const MomentumFactors& f, std::span<float> value,
                     std::span<const float> gradient, std::span<float> buffer,
                     ThreadPool& threads) {
  for_each_chunk(threads, static_cast<std::int64_t>(value.size()), kGrain,
                 [&](std::int64_t begin, std::int64_t end) {
                   update(end - begin, f, value.data() + begin, gradient.data() + begin,
                          buffer.data() + begin);
                 });
}

void nesterov_direction(double momentum, float gradient_factor, std::span<const float> gradient,
                        std::span<float> buffer, std::span<float> direction, ThreadPool& threads) {
  const auto kept = static_cast<float>(momentum);
  const auto rest = static_cast<float>(1 - momentum);
  for_each_chunk(threads, static_cast<std::int64_t>(gradient.size()), kGrain,
                 [&](std::int64_t begin, std::int64_t end) {
                   look_ahead(end - begin, kept, rest, gradient_factor, gradient.data() + begin,
                              buffer.data() + begin, direction.data() + begin);
                 });
}

void follow_direction(float keep, float rate, std::span<const float> direction,
                      std::span<float> value, ThreadPool& threads) {
  for_each_chunk(threads, static_cast<std::int64_t>(value.size()), kGrain,
                 [&](std::int64_t begin, std::int64_t end) {
                   follow(end - begin, keep, rate, direction.data() + begin, value.data() + begin);
                 });
}

}  // namespace aiops::kernels
