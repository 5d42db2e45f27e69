// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/momentum/momentum.hpp"

#include "kernels/cuda/trials/update_cases.hpp"
#include "kernels/reference/momentum.hpp"

#include <utility>

namespace aiops::kernels::cuda {
namespace {

constexpr MomentumConstants kConstants{.learning_rate = 0.1, .weight_decay = 0.2};

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
  const auto expected = reference::momentum(kConstants, value, scaled(gradient, scale), buffer);
  trial.expect("value", arrays.value, expected.value, 1e-6);
  trial.expect("buffer", arrays.buffer, expected.buffer, 1e-6);
  if (arrays.rounded != nullptr) trial.expect("rounded", arrays.rounded, expected.value, 1e-6);
}

// Both halves of an update along Nesterov's direction.
void follow(Trial& trial, std::int64_t count, Extras extras) {
  const double scale = extras == Extras::none ? 1 : 0.5;
  const Numbers value = trial.numbers<float>(count);
  const Numbers gradient = trial.numbers<float>(count);
  const Numbers buffer = trial.numbers<float>(count);
  NesterovArrays looking{.gradient = trial.upload<float>("gradient", gradient),
                         .buffer = trial.upload<float>("buffer", buffer),
                         .direction = trial.rubbish<float>("direction", count)};
  FollowArrays following{.value = trial.upload<float>("value", value),
                         .direction = looking.direction};
  const float* scale_there = nullptr;
  if (extras == Extras::scale_and_copy) {
    following.rounded = trial.rubbish<BFloat16>("rounded", count);
    scale_there = trial.upload<float>("gradient_scale", {scale});
  }
  const auto* factors = reinterpret_cast<const FollowFactors*>(trial.upload<float>(
      "factors",
      {1 - kConstants.learning_rate * kConstants.weight_decay, kConstants.learning_rate}));
  trial.launched(nesterov_direction(count, kConstants.momentum, scale_there, looking, nullptr));
  trial.launched(follow_direction(count, factors, following, nullptr));
  const auto expected = reference::nesterov(kConstants, value, scaled(gradient, scale), buffer);
  trial.expect("value", following.value, expected.value, 1e-6);
  trial.expect("buffer", looking.buffer, expected.buffer, 1e-6);
  if (following.rounded != nullptr)
    trial.expect("rounded", following.rounded, expected.value, 1e-6);
}

}  // namespace

std::vector<Case> momentum_cases() {
  std::vector<Case> cases = update_cases(update);
  for (Case& each : update_cases(follow)) {
    each.name = "nesterov: " + each.name;
    cases.push_back(std::move(each));
  }
  return cases;
}

}  // namespace aiops::kernels::cuda
