// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cross_entropy/cross_entropy.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/reference/cross_entropy.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr std::int64_t kPeaked = 5;

// The first, the last, one between, and one that is not counted.
std::vector<std::int32_t> targets_for(const CrossEntropy& shape) {
  std::vector<std::int32_t> targets;
  for (std::int64_t row = 0; row < shape.rows; ++row)
    targets.push_back(static_cast<std::int32_t>(row % 4 == 0   ? 0
                                                : row % 4 == 1 ? shape.vocab - 1
                                                : row % 4 == 2 ? -1
                                                               : shape.vocab / 2));
  return targets;
}

// Where there are five rows, one logit of those with a target stands out, each in another quarter
// of the warps and not with the first thread, which may have a round more: who misses it overflows.
template <typename T>
Numbers logits_for(Trial& trial, const CrossEntropy& shape) {
  Numbers logits = trial.numbers<T>(shape.rows * shape.vocab, 4);
  if (shape.rows == kPeaked)
    for (std::int64_t quarter = 0; quarter < 4; ++quarter) {
      const std::int64_t row = quarter < 2 ? quarter : quarter + 1;
      logits[static_cast<std::size_t>(row * shape.vocab + quarter * shape.vocab / 4 + 5)] = 200;
    }
  return logits;
}

template <typename T>
void forward(Trial& trial, const CrossEntropy& shape) {
  const Numbers logits = logits_for<T>(trial, shape);
  const auto targets = targets_for(shape);
  auto* losses = trial.rubbish<float>("losses", shape.rows);
  trial.launched(cross_entropy_forward(shape, trial.upload<T>("logits", logits),
                                       trial.upload("targets", targets), losses, nullptr));
  trial.expect("losses", losses, reference::cross_entropy(shape, targets, logits), 1e-6);
}

template <typename T>
void backward(Trial& trial, const CrossEntropy& shape) {
  constexpr double kScale = 0.25;
  const Numbers logits = logits_for<T>(trial, shape);
  const auto targets = targets_for(shape);
  T* there = trial.upload<T>("logits", logits);
  auto* losses = trial.rubbish<float>("losses", shape.rows);
  trial.launched(cross_entropy_backward(shape, there, trial.upload("targets", targets),
                                        static_cast<float>(kScale), losses, nullptr));
  const Numbers scales(static_cast<std::size_t>(shape.rows), kScale);
  trial.expect("losses", losses, reference::cross_entropy(shape, targets, logits), 1e-6);
  trial.expect("logits", there,
               reference::cross_entropy_gradient(shape, targets, logits, scales)[0], 1e-6);
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  const auto both = [&](const CrossEntropy& shape) {
    cases.push_back({case_name<T>("forward", {shape.rows, shape.vocab}),
                     [=](Trial& trial) { forward<T>(trial, shape); }});
    cases.push_back({case_name<T>("backward", {shape.rows, shape.vocab}),
                     [=](Trial& trial) { backward<T>(trial, shape); }});
  };
  for (const std::int64_t vocab : edges(512)) both({4, vocab});
  for (const std::int64_t vocab : {8, 96}) both({4, vocab});  // of packs
  both({kPeaked, 511});
  for (const std::int64_t packs : {512, 1025})
    both({kPeaked, 16 / std::int64_t{sizeof(T)} * packs});
  both({1, 16 / std::int64_t{sizeof(T)} * 512});
  both({1, 16 / std::int64_t{sizeof(T)} * 513});
}

}  // namespace

std::vector<Case> cross_entropy_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
