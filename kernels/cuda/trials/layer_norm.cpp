// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/layer_norm/layer_norm.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/layer_norm.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr double kTolerance = 1e-5;

template <typename T>
void forward(Trial& trial, const LayerNorm& shape) {
  const std::int64_t size = shape.rows * shape.width;
  Numbers x = trial.numbers<T>(size);
  for (double& value : x) value += 4;  // a mean that the variance must not drown in; exact in T
  x = trial.rounded<T>(x);
  const Numbers weight = trial.numbers<T>(shape.width);
  const Numbers bias = trial.numbers<T>(shape.width);
  T* y = trial.rubbish<T>("y", size);
  const LayerNormTape tape{trial.rubbish<float>("mean", shape.rows),
                           trial.rubbish<float>("reciprocal", shape.rows)};
  trial.launched(layer_norm_forward(shape, trial.upload<T>("x", x),
                                    trial.upload<T>("weight", weight),
                                    trial.upload<T>("bias", bias), y, tape, nullptr));
  trial.expect("y", y, reference::layer_norm(shape, x, weight, bias), kTolerance);
  const reference::LayerNormStatistics expected = reference::layer_norm_statistics(shape, x);
  trial.expect("mean", tape.mean, expected.mean, kTolerance);
  trial.expect("reciprocal", tape.reciprocal, expected.reciprocal, kTolerance);
}

template <typename T>
void backward(Trial& trial, const LayerNorm& shape) {
  const std::int64_t size = shape.rows * shape.width;
  const Numbers x = trial.numbers<T>(size);
  const Numbers weight = trial.numbers<T>(shape.width);
  const Numbers dy = trial.numbers<T>(size);
  std::vector<Numbers> sums{trial.numbers<T>(size), trial.numbers<float>(shape.width),
                            trial.numbers<float>(shape.width)};
  const reference::LayerNormStatistics tape = reference::layer_norm_statistics(shape, x);
  T* to_x = trial.upload<T>("x_gradient", sums[0]);
  auto* to_weight = trial.upload<float>("weight_gradient", sums[1]);
  auto* to_bias = trial.upload<float>("bias_gradient", sums[2]);
  trial.launched(layer_norm_backward(
      shape, trial.upload<T>("x", x), trial.upload<T>("weight", weight),
      {trial.upload<float>("mean", tape.mean), trial.upload<float>("reciprocal", tape.reciprocal)},
      trial.upload<T>("y_gradient", dy), to_x, to_weight, to_bias, nullptr));
  const auto gradient = reference::layer_norm_gradient(shape, x, weight, dy);
  for (std::size_t part = 0; part < sums.size(); ++part)
    for (std::size_t i = 0; i < sums[part].size(); ++i) sums[part][i] += gradient[part][i];
  trial.expect("x_gradient", to_x, sums[0], kTolerance);
  trial.expect("weight_gradient", to_weight, sums[1], kTolerance);
  trial.expect("bias_gradient", to_bias, sums[2], kTolerance);
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  const auto both = [&](const LayerNorm& shape) {
    cases.push_back({case_name<T>("forward", {shape.rows, shape.width}),
                     [=](Trial& trial) { forward<T>(trial, shape); }});
    cases.push_back({case_name<T>("backward", {shape.rows, shape.width}),
                     [=](Trial& trial) { backward<T>(trial, shape); }});
  };
  for (const std::int64_t width : edges(256)) both({.rows = 2, .width = width, .epsilon = 1e-2F});
  for (const std::int64_t width : {1024, 1028, 2048, 2056, 4104}) both({.rows = 1, .width = width});
  for (const std::int64_t rows : edges(8)) both({.rows = rows, .width = 33});
}

}  // namespace

std::vector<Case> layer_norm_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
