// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/rms_norm/rms_norm.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/rms_norm.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr double kTolerance = 1e-5;

template <typename T>
void forward(Trial& trial, const RmsNorm& shape) {
  const Numbers x = trial.numbers<T>(shape.rows * shape.width);
  const Numbers weight = trial.numbers<T>(shape.width);
  T* y = trial.rubbish<T>("y", shape.rows * shape.width);
  auto* reciprocal = trial.rubbish<float>("reciprocal", shape.rows);
  trial.launched(rms_norm_forward(shape, trial.upload<T>("x", x), trial.upload<T>("weight", weight),
                                  y, reciprocal, nullptr));
  trial.expect("y", y, reference::rms_norm(shape, x, weight), kTolerance);
  trial.expect("reciprocal", reciprocal, reference::rms_norm_reciprocals(shape, x), kTolerance);
}

template <typename T>
void backward(Trial& trial, const RmsNorm& shape) {
  const std::int64_t size = shape.rows * shape.width;
  const Numbers x = trial.numbers<T>(size);
  const Numbers weight = trial.numbers<T>(shape.width);
  const Numbers dy = trial.numbers<T>(size);
  Numbers dx = trial.numbers<T>(size);
  Numbers dweight = trial.numbers<float>(shape.width);
  T* to_x = trial.upload<T>("x_gradient", dx);
  auto* to_weight = trial.upload<float>("weight_gradient", dweight);
  trial.launched(rms_norm_backward(
      shape, trial.upload<T>("x", x), trial.upload<T>("weight", weight),
      trial.upload<float>("reciprocal", reference::rms_norm_reciprocals(shape, x)),
      trial.upload<T>("y_gradient", dy), to_x, to_weight, nullptr));
  const auto gradient = reference::rms_norm_gradient(shape, x, weight, dy);
  for (std::size_t i = 0; i < dx.size(); ++i) dx[i] += gradient[0][i];
  for (std::size_t i = 0; i < dweight.size(); ++i) dweight[i] += gradient[1][i];
  trial.expect("x_gradient", to_x, dx, kTolerance);
  trial.expect("weight_gradient", to_weight, dweight, kTolerance);
}

template <typename T>
void add(std::vector<Case>& cases, const RmsNorm& shape) {
  cases.push_back({case_name<T>("forward", {shape.rows, shape.width}),
                   [=](Trial& trial) { forward<T>(trial, shape); }});
  cases.push_back({case_name<T>("backward", {shape.rows, shape.width}),
                   [=](Trial& trial) { backward<T>(trial, shape); }});
}

}  // namespace

std::vector<Case> rms_norm_cases() {
  std::vector<Case> cases;
  const auto both = [&](const RmsNorm& shape) {
    add<float>(cases, shape);
    add<BFloat16>(cases, shape);
  };
  for (const std::int64_t width : edges(256)) both({.rows = 2, .width = width});  // of elements
  for (const std::int64_t width : edges(256))                                     // of packs
    both({.rows = 1, .width = 8 * width});
  for (const std::int64_t rows : edges(8)) both({.rows = rows, .width = 33, .epsilon = 1e-2F});
  return cases;
}

}  // namespace aiops::kernels::cuda
