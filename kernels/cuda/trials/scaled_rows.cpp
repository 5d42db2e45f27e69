// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/scaled_rows/scaled_rows.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/scaled_rows.hpp"

namespace aiops::kernels::cuda {
namespace {

// The last row ends with its array: what lies after it is nobody's.
std::int64_t span_of(const ScaledRows& shape, std::int64_t stride) {
  return (shape.rows - 1) * stride + shape.width;
}

template <typename T>
void between(Trial& trial, const ScaledRows& shape) {
  const Numbers from = trial.numbers<T>(span_of(shape, shape.from_stride));
  const Numbers to = trial.numbers<T>(span_of(shape, shape.to_stride));
  T* there = trial.upload<T>("to", to);
  trial.launched(scaled_rows(shape, trial.upload<T>("from", from), there, nullptr));
  trial.expect("to", there, reference::scaled_rows(shape, from, to), 1e-6);
}

template <typename T>
void in_place(Trial& trial, const ScaledRows& shape) {
  const Numbers numbers = trial.numbers<T>(span_of(shape, shape.to_stride));
  T* there = trial.upload<T>("numbers", numbers);
  trial.launched(scaled_rows(shape, there, there, nullptr));
  trial.expect("numbers", there, reference::scaled_rows(shape, numbers, numbers), 1e-6);
}

template <typename T>
void add(std::vector<Case>& cases, ScaledRows shape) {
  for (const Accumulate accumulate : {Accumulate::no, Accumulate::yes}) {
    shape.accumulate = accumulate;
    const char* pass = accumulate == Accumulate::yes ? "add" : "overwrite";
    const auto extents = {shape.rows, shape.width, shape.from_stride, shape.to_stride};
    cases.push_back({case_name<T>(pass, extents), [=](Trial& trial) { between<T>(trial, shape); }});
    if (shape.from_stride == shape.to_stride)
      cases.push_back({case_name<T>(pass, extents) + " in place",
                       [=](Trial& trial) { in_place<T>(trial, shape); }});
  }
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  constexpr std::int64_t kPack = 16 / std::int64_t{sizeof(T)};
  for (const std::int64_t each : {std::int64_t{1}, kPack}) {
    // One row at the borders of blocks, and rows that end within one.
    for (const std::int64_t width : edges(256))
      add<T>(cases, {1, width * each, width * each, width * each, -0.75F});
    for (const std::int64_t width : {1, 3, 85, 129})
      add<T>(cases, {3, width * each, (width + 5) * each, (width + 1) * each, 1.5F});
  }
  // No whole packs because of one of the three alone.
  add<T>(cases, {2, 2 * kPack + 1, 4 * kPack, 4 * kPack});
  add<T>(cases, {2, 2 * kPack, 4 * kPack + 1, 4 * kPack});
  add<T>(cases, {2, 2 * kPack, 4 * kPack, 4 * kPack + 1});
  add<T>(cases, {3, 2 * kPack, 0, 2 * kPack});  // the same row again and again
}

}  // namespace

std::vector<Case> scaled_rows_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
