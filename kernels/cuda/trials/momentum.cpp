// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/momentum/momentum.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/momentum.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr MomentumConstants kConstants{.learning_rate = 0.1, .weight_decay = 0.2};

enum class Extras { none, scale_and_copy };

void update(Trial& trial, std::int64_t count, Extras extras) {
  const double scale = extras == Extras::none ? 1 : 0.5;
  const Numbers value = trial.numbers<float>(count);
  const Numbers gradient = trial.numbers<float>(count);
  const Numbers buffer = trial.numbers<float>(count);
  MomentumArrays arrays{.value = trial.upload<float>("value", value),
                        .gradient = trial.upload<float>("gradient", gradient),
                        .buffer = trial.upload<float>("buffer", buffer)};
  const float* scale_there = nullptr;
  if (extras == Extras::scale_and_copy) {
    arrays.rounded = trial.rubbish<BFloat16>("rounded", count);
    scale_there = trial.upload<float>("gradient_scale", {scale});
  }
  const auto* factors = reinterpret_cast<const MomentumFactors*>(trial.upload<float>(
      "factors", {kConstants.momentum, 1 - kConstants.learning_rate * kConstants.weight_decay,
                  kConstants.learning_rate}));
  trial.launched(momentum_update(count, factors, scale_there, arrays, nullptr));
  Numbers scaled = gradient;
  for (double& g : scaled) g *= scale;
  const auto expected = reference::momentum(kConstants, value, scaled, buffer);
  trial.expect("value", arrays.value, expected.value, 1e-6);
  trial.expect("buffer", arrays.buffer, expected.buffer, 1e-6);
  if (arrays.rounded != nullptr) trial.expect("rounded", arrays.rounded, expected.value, 1e-6);
}

}  // namespace

std::vector<Case> momentum_cases() {
  std::vector<Case> cases;
  for (const std::int64_t size : edges(256))
    for (const std::int64_t each : {1, 4})
      for (const Extras extras : {Extras::none, Extras::scale_and_copy})
        cases.push_back({case_name<float>(extras == Extras::none ? "update" : "update and round",
                                          {size * each}),
                         [=](Trial& trial) { update(trial, size * each, extras); }});
  return cases;
}

}  // namespace aiops::kernels::cuda
