// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/bias/bias.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/bias.hpp"

namespace aiops::kernels::cuda {
namespace {

template <typename T>
void forward(Trial& trial, const Bias& shape) {
  const Numbers bias = trial.numbers<T>(shape.width);
  const Numbers x = trial.numbers<T>(shape.rows * shape.width);
  T* y = trial.upload<T>("y", x);
  trial.launched(bias_forward(shape, trial.upload<T>("bias", bias), y, nullptr));
  trial.expect("y", y, reference::bias(shape, bias, x), 1e-6);
}

template <typename T>
void backward(Trial& trial, const Bias& shape) {
  const Numbers dy = trial.numbers<T>(shape.rows * shape.width);
  Numbers sums = trial.numbers<float>(shape.width);
  auto* gradient = trial.upload<float>("bias_gradient", sums);
  trial.launched(bias_backward(shape, trial.upload<T>("y_gradient", dy), gradient, nullptr));
  const Numbers more = reference::bias_gradient(shape, dy)[0];
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
  trial.expect("bias_gradient", gradient, sums, 1e-6);
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  const auto both = [&](const Bias& shape) {
    cases.push_back({case_name<T>("forward", {shape.rows, shape.width}),
                     [=](Trial& trial) { forward<T>(trial, shape); }});
    cases.push_back({case_name<T>("backward", {shape.rows, shape.width}),
                     [=](Trial& trial) { backward<T>(trial, shape); }});
  };
  for (const std::int64_t rows : edges(8)) both({rows, 24});
  for (const std::int64_t width : edges(32)) both({9, width});
  for (const std::int64_t width : {2048, 2056}) both({1, width});  // of packs: a block and one more
}

}  // namespace

std::vector<Case> bias_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
