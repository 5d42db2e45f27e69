// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/residual/residual.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/residual.hpp"

namespace aiops::kernels::cuda {
namespace {

template <typename T>
void add(Trial& trial, std::int64_t count) {
  const Numbers branch = trial.numbers<T>(count);
  const Numbers stream = trial.numbers<T>(count);
  T* sum = trial.upload<T>("stream", stream);
  trial.launched(residual_add(count, trial.upload<T>("branch", branch), sum, nullptr));
  trial.expect("stream", sum, reference::residual(branch, stream), 1e-6);
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  for (const std::int64_t count : edges(256))
    for (const std::int64_t each : {std::int64_t{1}, 16 / std::int64_t{sizeof(T)}})
      cases.push_back({case_name<T>("add", {count * each}),
                       [=](Trial& trial) { add<T>(trial, count * each); }});
}

}  // namespace

std::vector<Case> residual_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
