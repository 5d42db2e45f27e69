// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/adamw.hpp"

#include "kernels/device/checks/checks.hpp"

#include <cmath>

namespace aiops::kernels::device {
namespace {

constexpr AdamWConstants kConstants{.learning_rate = 0.01, .weight_decay = 0.1};
constexpr std::int64_t kStep = 3;
constexpr double kScale = 0.25;  // that clipping has the gradients multiplied by

Numbers factors() {
  const AdamWFactors f = adamw_factors(kConstants, kStep);
  Numbers all;
  for (const float x :
       {f.gradient, f.beta1, f.rest1, f.beta2, f.rest2, f.epsilon, f.keep, f.rate, f.v_correction})
    all.push_back(static_cast<double>(x));
  return all;
}

// Compares what is updated, or its copy.
void update(Workbench& bench, std::int64_t count, bool clipped, Type compared) {
  const Numbers value = bench.numbers(count, Type::fp32);
  const Numbers gradient = bench.numbers(count, Type::fp32);
  const Numbers m = bench.numbers(count, Type::fp32);
  Numbers v = bench.numbers(count, Type::fp32);
  for (double& x : v) x = std::abs(x);
  Numbers scaled = gradient;
  for (double& g : scaled) g *= clipped ? kScale : 1;
  const Array there_factors = bench.put(factors(), Type::fp32);
  const Array scale = bench.put(Numbers{kScale}, Type::fp32);
  const Array there_gradient = bench.put(gradient, Type::fp32);
  const Array there = bench.put(value, Type::fp32);
  const Array there_m = bench.put(m, Type::fp32);
  const Array there_v = bench.put(v, Type::fp32);
  const Array copy = bench.room(count, Type::bf16);
  const aiops_adamw parameters{.count = count,
                               .factors = there_factors.as<aiops_adamw_factors>(),
                               .gradient = there_gradient.floats(),
                               .gradient_scale = clipped ? scale.floats() : nullptr,
                               .value = there.floats(),
                               .m = there_m.floats(),
                               .v = there_v.floats(),
                               .copy = copy.data()};
  const auto expected = reference::adamw(kConstants, kStep, value, scaled, m, v);
  const std::string text = std::to_string(count) + (clipped ? " values, clipped" : " values");
  if (compared == Type::bf16)
    bench.check(text, compared, parameters, {{copy, expected.value}});
  else
    bench.check(text, compared, parameters,
                {{there, expected.value}, {there_m, expected.m}, {there_v, expected.v}});
}

}  // namespace

void check_adamw(Workbench& bench) {
  for (const std::int64_t count : {1, 1024, 1031})
    for (const bool clipped : {false, true})
      for (const Type compared : kTypes) update(bench, count, clipped, compared);
}

}  // namespace aiops::kernels::device
