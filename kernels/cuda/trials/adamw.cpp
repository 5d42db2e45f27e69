// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/adamw/adamw.hpp"

#include "kernels/cuda/trials/update_cases.hpp"
#include "kernels/reference/adamw.hpp"

#include <cmath>

namespace aiops::kernels::cuda {
namespace {

constexpr AdamWConstants kConstants{.learning_rate = 0.01, .weight_decay = 0.1};
constexpr std::int64_t kStep = 3;

Numbers factor_numbers() {
  const AdamWFactors f = adamw_factors(kConstants, kStep);
  Numbers all;
  for (const float x :
       {f.gradient, f.beta1, f.rest1, f.beta2, f.rest2, f.epsilon, f.keep, f.rate, f.v_correction})
    all.push_back(static_cast<double>(x));
  return all;
}

void update(Trial& trial, std::int64_t count, Extras extras) {
  static_assert(sizeof(AdamWFactors) == 9 * sizeof(float));
  const double scale = extras == Extras::none ? 1 : 0.25;
  const Numbers value = trial.numbers<float>(count);
  const Numbers gradient = trial.numbers<float>(count);
  const Numbers m = trial.numbers<float>(count);
  Numbers v = trial.numbers<float>(count);
  for (double& x : v) x = std::abs(x);
  AdamWArrays arrays{.value = trial.upload<float>("value", value),
                     .gradient = trial.upload<float>("gradient", gradient),
                     .m = trial.upload<float>("m", m),
                     .v = trial.upload<float>("v", v)};
  const float* scale_there = nullptr;
  if (extras == Extras::scale_and_copy) {
    arrays.rounded = trial.rubbish<BFloat16>("rounded", count);
    scale_there = trial.upload<float>("gradient_scale", {scale});
  }
  const auto* factors =
      reinterpret_cast<const AdamWFactors*>(trial.upload<float>("factors", factor_numbers()));
  trial.launched(adamw_update(count, factors, scale_there, arrays, nullptr));
  const auto expected = reference::adamw(kConstants, kStep, value, scaled(gradient, scale), m, v);
  trial.expect("value", arrays.value, expected.value, 1e-6);
  trial.expect("m", arrays.m, expected.m, 1e-6);
  trial.expect("v", arrays.v, expected.v, 1e-6);
  if (arrays.rounded != nullptr) trial.expect("rounded", arrays.rounded, expected.value, 1e-6);
}

}  // namespace

std::vector<Case> adamw_cases() { return update_cases(update); }

}  // namespace aiops::kernels::cuda
