// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/dropout/dropout.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/dropout.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr double kTolerance = 1e-6;

// Where a shape's first element is said: with the launch, or in part on the device.
enum class First { given, there };

// 37 elements a row; the same first element either way.
struct Start {
  Dropout shape;
  DropoutRow from;
};
Start start_of(Trial& trial, const Dropout& shape, First first) {
  if (first == First::given) return {shape, {}};
  constexpr std::uint64_t kWidth = 37;
  Start start{shape, {.width = kWidth}};
  const std::uint64_t row = shape.first / kWidth;
  start.shape.first = shape.first % kWidth;
  start.from.row = reinterpret_cast<const std::uint64_t*>(
      trial.upload("row", std::vector<std::int64_t>{static_cast<std::int64_t>(row)}));
  return start;
}

template <typename T>
void forward(Trial& trial, const Dropout& shape, First first) {
  const Numbers x = trial.numbers<T>(shape.count);
  T* y = trial.rubbish<T>("y", shape.count);
  const Start start = start_of(trial, shape, first);
  trial.launched(dropout_forward(start.shape, start.from, trial.upload<T>("x", x), y, nullptr));
  trial.expect("y", y, reference::dropout(shape, x), kTolerance);
}

template <typename T>
void in_place(Trial& trial, const Dropout& shape) {
  const Numbers x = trial.numbers<T>(shape.count);
  T* there = trial.upload<T>("x", x);
  trial.launched(dropout_forward(shape, {}, there, there, nullptr));
  trial.expect("x", there, reference::dropout(shape, x), kTolerance);
}

template <typename T>
void backward(Trial& trial, const Dropout& shape, First first) {
  const Numbers dy = trial.numbers<T>(shape.count);
  Numbers dx = trial.numbers<T>(shape.count);
  T* there = trial.upload<T>("x_gradient", dx);
  const Start start = start_of(trial, shape, first);
  trial.launched(
      dropout_backward(start.shape, start.from, trial.upload<T>("y_gradient", dy), there, nullptr));
  const Numbers more = reference::dropout_gradient(shape, dy)[0];
  for (std::size_t i = 0; i < dx.size(); ++i) dx[i] += more[i];
  trial.expect("x_gradient", there, dx, kTolerance);
}

Dropout seeded(Dropout shape) {
  shape.seed = 0x123456789ABCDEF0;
  shape.stream = 0xFEDCBA9876543210;
  return shape;
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  const auto add = [&](const Dropout& unseeded, First first) {
    const Dropout shape = seeded(unseeded);
    const auto extents = {shape.count, static_cast<std::int64_t>(shape.first)};
    const std::string rest = first == First::there ? ", there" : "";
    cases.push_back({case_name<T>("forward", extents) + rest,
                     [=](Trial& trial) { forward<T>(trial, shape, first); }});
    cases.push_back({case_name<T>("backward", extents) + rest,
                     [=](Trial& trial) { backward<T>(trial, shape, first); }});
    if (first == First::given)
      cases.push_back(
          {case_name<T>("in place", extents), [=](Trial& trial) { in_place<T>(trial, shape); }});
  };
  for (const std::int64_t count : edges(512)) add({.count = count, .rate = 0.25}, First::given);
  // Each half of a block of bits first and last, at a rate that keeps its first element by a hair.
  for (std::uint64_t half = 0; half < 8; ++half) {
    Dropout shape = seeded({.count = 64, .first = half * 64});
    shape.rate = reference::dropout_bits(shape, shape.first) / 65536.0;
    add(shape, First::given);
  }
  for (const std::uint64_t first : {1, 63, 511, 513})
    for (const std::int64_t count : {1, 512}) {
      add({.count = count, .rate = 0.1, .first = first}, First::given);
      add({.count = count, .rate = 0.1, .first = first}, First::there);
    }
  add({.count = 100, .rate = 0.1, .first = (std::uint64_t{1} << 42U) + 3}, First::there);
  add({.count = 600, .rate = 0, .first = 9}, First::given);
  add({.count = 600, .rate = 65535.0 / 65536}, First::given);
}

}  // namespace

std::vector<Case> dropout_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
