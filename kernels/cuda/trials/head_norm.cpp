// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/head_norm/head_norm.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/head_norm.hpp"

#include <cmath>

namespace aiops::kernels::cuda {
namespace {

constexpr double kTolerance = 1e-5;

struct Tape {
  Numbers input, reciprocal;
};

Tape tape_of(const HeadNorm& shape, const Numbers& x) {
  Tape tape;
  const reference::ConstGrid rows(x, shape.stride);
  for (std::int64_t row = 0; row < shape.rows; ++row)
    for (std::int64_t head = 0; head < shape.heads; ++head) {
      double squares = 0;
      for (std::int64_t i = 0; i < shape.head_dim; ++i) {
        tape.input.push_back(rows(row, head * shape.head_dim + i));
        squares += std::pow(tape.input.back(), 2);
      }
      tape.reciprocal.push_back(1 / std::sqrt(squares / static_cast<double>(shape.head_dim) +
                                              static_cast<double>(shape.epsilon)));
    }
  return tape;
}

template <typename T>
void forward(Trial& trial, const HeadNorm& shape) {
  const Numbers x = trial.numbers<T>(shape.rows * shape.stride);
  const Numbers weight = trial.numbers<T>(shape.head_dim);
  const Tape expected = tape_of(shape, x);
  T* y = trial.upload<T>("x", x);
  T* input = trial.rubbish<T>("input", shape.rows * shape.heads * shape.head_dim);
  auto* reciprocal = trial.rubbish<float>("reciprocal", shape.rows * shape.heads);
  trial.launched(
      head_norm_forward(shape, trial.upload<T>("weight", weight), y, input, reciprocal, nullptr));
  trial.expect("x", y, reference::head_norm(shape, x, weight), kTolerance);
  trial.expect("input", input, expected.input, 0);
  trial.expect("reciprocal", reciprocal, expected.reciprocal, kTolerance);
}

template <typename T>
void backward(Trial& trial, const HeadNorm& shape) {
  const Numbers x = trial.numbers<T>(shape.rows * shape.stride);
  const Numbers weight = trial.numbers<T>(shape.head_dim);
  const Numbers dy = trial.numbers<T>(shape.rows * shape.stride);
  Numbers dweight = trial.numbers<float>(shape.head_dim);
  const Tape tape = tape_of(shape, x);
  T* gradient = trial.upload<T>("gradient", dy);
  auto* to_weight = trial.upload<float>("weight_gradient", dweight);
  trial.launched(head_norm_backward(
      shape, trial.upload<T>("weight", weight), trial.upload<T>("input", tape.input),
      trial.upload<float>("reciprocal", tape.reciprocal), gradient, to_weight, nullptr));
  const auto expected = reference::head_norm_gradient(shape, x, weight, dy);
  for (std::size_t i = 0; i < dweight.size(); ++i) dweight[i] += expected[1][i];
  trial.expect("gradient", gradient, expected[0], kTolerance);
  trial.expect("weight_gradient", to_weight, dweight, kTolerance);
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  const auto both = [&](const HeadNorm& shape) {
    cases.push_back({case_name<T>("forward", {shape.rows, shape.heads, shape.head_dim}),
                     [=](Trial& trial) { forward<T>(trial, shape); }});
    cases.push_back({case_name<T>("backward", {shape.rows, shape.heads, shape.head_dim}),
                     [=](Trial& trial) { backward<T>(trial, shape); }});
  };
  for (const std::int64_t dim : edges(32))
    both({.rows = 3, .heads = 3, .head_dim = dim, .stride = 3 * dim + 5});
  for (const std::int64_t rows : edges(4))  // two heads each: up to a block, and past it
    both({.rows = rows, .heads = 2, .head_dim = 8, .stride = 16, .epsilon = 1e-2F});
}

}  // namespace

std::vector<Case> head_norm_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
