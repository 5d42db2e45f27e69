// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/rope/rope.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/rope.hpp"

#include <cmath>

namespace aiops::kernels::cuda {
namespace {

constexpr double kTheta = 100;
constexpr std::int64_t kPositions = 24;

struct Table {
  Numbers cosine, sine;
};

Table table_for(const Rope& shape) {
  Table table;
  for (std::int64_t position = 0; position < kPositions; ++position)
    for (std::int64_t i = 0; i < shape.head_dim / 2; ++i) {
      const double power = -2.0 * static_cast<double>(i) / static_cast<double>(shape.head_dim);
      const double angle = static_cast<double>(position) * std::pow(kTheta, power);
      table.cosine.push_back(std::cos(angle));
      table.sine.push_back(std::sin(angle));
    }
  return table;
}

enum class Pass { forward, backward };

// With positions that start again after five rows, or counted from the shape's first.
template <typename T>
void turn(Trial& trial, Rope shape, Pass pass, const std::vector<std::int32_t>& positions) {
  const Numbers x = trial.numbers<T>(shape.rows * shape.stride);
  const Table table = table_for(shape);
  const auto* cosine = trial.upload<float>("cosine", table.cosine);
  const auto* sine = trial.upload<float>("sine", table.sine);
  T* y = trial.upload<T>("x", x);
  Rope there = shape;
  if (!positions.empty()) {
    shape.positions = positions;
    there.positions = {trial.upload("positions", positions), positions.size()};
  }
  if (pass == Pass::forward) {
    trial.launched(rope_forward(there, cosine, sine, y, nullptr));
    trial.expect("x", y, reference::rope(shape, kTheta, x), 1e-6);
  } else {
    trial.launched(rope_backward(there, cosine, sine, y, nullptr));
    trial.expect("x", y, reference::rope_gradient(shape, kTheta, x)[0], 1e-6);
  }
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  const auto both = [&](const Rope& shape, const std::vector<std::int32_t>& positions = {}) {
    cases.push_back({case_name<T>("forward", {shape.rows, shape.heads, shape.head_dim}),
                     [=](Trial& trial) { turn<T>(trial, shape, Pass::forward, positions); }});
    cases.push_back({case_name<T>("backward", {shape.rows, shape.heads, shape.head_dim}),
                     [=](Trial& trial) { turn<T>(trial, shape, Pass::backward, positions); }});
  };
  for (const std::int64_t rows : {1, 7, 8, 9})  // 32 pairs a row: up to a block, and past it
    both({.rows = rows, .length = 4, .heads = 4, .head_dim = 16, .stride = 80, .first = 3});
  both({.rows = 11, .length = 11, .heads = 1, .head_dim = 2, .stride = 2});
  both({.rows = 11, .length = 11, .heads = 3, .head_dim = 6, .stride = 19},
       {2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 23});
}

}  // namespace

std::vector<Case> rope_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
