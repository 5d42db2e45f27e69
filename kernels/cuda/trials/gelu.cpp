// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gelu/gelu.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/gelu.hpp"

namespace aiops::kernels::cuda {
namespace {

template <typename T>
void forward(Trial& trial, std::int64_t count) {
  const Numbers x = trial.numbers<T>(count, 3);
  T* out = trial.rubbish<T>("out", count);
  trial.launched(gelu_forward(count, trial.upload<T>("x", x), out, nullptr));
  trial.expect("out", out, reference::gelu(x), 1e-6);
}

template <typename T>
void backward(Trial& trial, std::int64_t count) {
  const Numbers x = trial.numbers<T>(count, 3);
  const Numbers dy = trial.numbers<T>(count);
  T* dx = trial.upload<T>("gradient", dy);  // in place
  trial.launched(gelu_backward(count, trial.upload<T>("x", x), dx, dx, nullptr));
  trial.expect("gradient", dx, reference::gelu_gradient(x, dy)[0], 2e-6);
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  for (const std::int64_t size : edges(256))
    for (const std::int64_t each : {std::int64_t{1}, 16 / std::int64_t{sizeof(T)}}) {
      const std::int64_t count = size * each;
      cases.push_back(
          {case_name<T>("forward", {count}), [=](Trial& trial) { forward<T>(trial, count); }});
      cases.push_back(
          {case_name<T>("backward", {count}), [=](Trial& trial) { backward<T>(trial, count); }});
    }
}

}  // namespace

std::vector<Case> gelu_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
