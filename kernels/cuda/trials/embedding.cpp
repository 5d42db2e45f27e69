// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/embedding/embedding.hpp"

#include "kernels/cuda/trials/trial.hpp"
#include "kernels/occurrences.hpp"
#include "kernels/reference/embedding.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr std::int64_t kVocab = 7;
// The first and the last row, some that repeat, three, four and five times too, and some that never
// occur.
const std::vector<std::int32_t> kTokens{6, 2, 2, 0, 6, 2, 4, 1, 1, 1, 1, 6, 6, 6};
const auto kCount = static_cast<std::int64_t>(kTokens.size());

template <typename T>
void forward(Trial& trial, std::int64_t width) {
  const Numbers table = trial.numbers<T>(kVocab * width);
  T* out = trial.rubbish<T>("out", kCount * width);
  trial.launched(embedding_forward(kCount, width, trial.upload("tokens", kTokens),
                                   trial.upload<T>("table", table), out, nullptr));
  trial.expect("out", out, reference::embedding(kTokens, width, table), 0);
}

// Behind the tokens that occur: the first of them again, which two blocks must not both add to, and
// one that the table does not have.
void pad(Occurrences& occurrences) {
  for (const std::int32_t token : {occurrences.tokens[0], std::int32_t{1 << 30}}) {
    occurrences.tokens.push_back(token);
    occurrences.starts.push_back(occurrences.starts.back());
  }
}

enum class Padding { none, some };

template <typename T>
void backward(Trial& trial, std::int64_t width, Padding padding) {
  const Numbers dout = trial.numbers<T>(kCount * width);
  Numbers gradient = trial.numbers<float>(kVocab * width);
  auto* there = trial.upload<float>("table_gradient", gradient);
  Occurrences found = occurrences_of(kTokens);
  if (padding == Padding::some) pad(found);
  trial.launched(embedding_backward(
      {static_cast<std::int64_t>(found.tokens.size()), trial.upload("tokens", found.tokens),
       trial.upload("starts", found.starts), trial.upload("places", found.places)},
      width, trial.upload<T>("out_gradient", dout), there, nullptr));
  const Numbers more = reference::embedding_gradient(kTokens, width, gradient, dout)[0];
  for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += more[i];
  trial.expect("table_gradient", there, gradient, 1e-6);
}

template <typename T>
void add_cases(std::vector<Case>& cases) {
  for (const std::int64_t width : {1, 8, 24, 36, 37, 255, 256, 257, 512, 600}) {
    cases.push_back({case_name<T>("forward", {kCount, width}),
                     [=](Trial& trial) { forward<T>(trial, width); }});
    cases.push_back({case_name<T>("backward", {kCount, width}),
                     [=](Trial& trial) { backward<T>(trial, width, Padding::none); }});
    cases.push_back({case_name<T>("backward padded", {kCount, width}),
                     [=](Trial& trial) { backward<T>(trial, width, Padding::some); }});
  }
}

}  // namespace

std::vector<Case> embedding_cases() {
  std::vector<Case> cases;
  add_cases<float>(cases);
  add_cases<BFloat16>(cases);
  return cases;
}

}  // namespace aiops::kernels::cuda
