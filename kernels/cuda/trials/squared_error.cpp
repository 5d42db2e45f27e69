// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/squared_error/squared_error.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/squared_error.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr std::int32_t kValues = 3;  // rows of values

// Each row of the values, the last of them twice, and one that is not counted.
std::vector<std::int32_t> targets_for(const SquaredError& shape) {
  std::vector<std::int32_t> targets;
  for (std::int64_t row = 0; row < shape.rows; ++row)
    targets.push_back(row % 5 == 1 ? -1 : static_cast<std::int32_t>((row + 2) % kValues));
  return targets;
}

template <typename T>
void forward(Trial& trial, const SquaredError& shape) {
  const Numbers outputs = trial.numbers<T>(shape.rows * shape.width);
  const Numbers values = trial.numbers<float>(kValues * shape.width);
  const auto targets = targets_for(shape);
  auto* losses = trial.rubbish<float>("losses", shape.rows);
  trial.launched(squared_error_forward(shape, trial.upload<T>("outputs", outputs),
                                       trial.upload("targets", targets),
                                       trial.upload<float>("values", values), losses, nullptr));
  trial.expect("losses", losses, reference::squared_error(shape, targets, values, outputs), 1e-6);
}

template <typename T>
void backward(Trial& trial, const SquaredError& shape) {
  constexpr double kScale = 0.25;
  const Numbers outputs = trial.numbers<T>(shape.rows * shape.width);
  const Numbers values = trial.numbers<float>(kValues * shape.width);
  const auto targets = targets_for(shape);
  T* there = trial.upload<T>("outputs", outputs);
  auto* losses = trial.rubbish<float>("losses", shape.rows);
  trial.launched(squared_error_backward(shape, there, trial.upload("targets", targets),
                                        trial.upload<float>("values", values),
                                        static_cast<float>(kScale), losses, nullptr));
  const Numbers scales(static_cast<std::size_t>(shape.rows), kScale);
  trial.expect("losses", losses, reference::squared_error(shape, targets, values, outputs), 1e-6);
  trial.expect("outputs", there,
               reference::squared_error_gradient(shape, targets, values, outputs, scales)[0], 1e-6);
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  const auto both = [&](const SquaredError& shape) {
    cases.push_back({case_name<T>("forward", {shape.rows, shape.width}),
                     [=](Trial& trial) { forward<T>(trial, shape); }});
    cases.push_back({case_name<T>("backward", {shape.rows, shape.width}),
                     [=](Trial& trial) { backward<T>(trial, shape); }});
  };
  for (const std::int64_t width : edges(128)) both({2, width});
  for (const std::int64_t rows : {1, 7}) both({rows, 5});
}

}  // namespace

std::vector<Case> squared_error_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
