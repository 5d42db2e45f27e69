// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/swiglu/swiglu.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/swiglu.hpp"

namespace aiops::kernels::cuda {
namespace {

template <typename T>
void forward(Trial& trial, const Swiglu& shape) {
  const std::int64_t size = shape.rows * shape.width;
  const Numbers gate_up = trial.numbers<T>(2 * size, 3);
  T* out = trial.rubbish<T>("out", size);
  trial.launched(swiglu_forward(shape, trial.upload<T>("gate_up", gate_up), out, nullptr));
  trial.expect("out", out, reference::swiglu(shape, gate_up), 1e-6);
}

template <typename T>
void backward(Trial& trial, const Swiglu& shape) {
  const std::int64_t size = shape.rows * shape.width;
  const Numbers gate_up = trial.numbers<T>(2 * size, 3);
  const Numbers dout = trial.numbers<T>(size);
  T* gradient = trial.rubbish<T>("gate_up_gradient", 2 * size);
  trial.launched(swiglu_backward(shape, trial.upload<T>("gate_up", gate_up),
                                 trial.upload<T>("out_gradient", dout), gradient, nullptr));
  trial.expect("gate_up_gradient", gradient, reference::swiglu_gradient(shape, gate_up, dout)[0],
               2e-6);
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  const auto both = [&](const Swiglu& shape) {
    cases.push_back({case_name<T>("forward", {shape.rows, shape.width}),
                     [=](Trial& trial) { forward<T>(trial, shape); }});
    cases.push_back({case_name<T>("backward", {shape.rows, shape.width}),
                     [=](Trial& trial) { backward<T>(trial, shape); }});
  };
  for (const std::int64_t width : edges(256)) both({1, width});
  for (const std::int64_t width : {1, 5, 8, 24}) both({3, width});
  for (const std::int64_t width : {1024, 2048, 2056}) both({1, width});  // of packs
}

}  // namespace

std::vector<Case> swiglu_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
