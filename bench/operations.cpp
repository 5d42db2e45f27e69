// SPDX-License-Identifier: Apache-2.0
#include "bench/operations.hpp"

#include "kernels/adamw.hpp"
#include "kernels/cross_entropy.hpp"
#include "kernels/gelu.hpp"
#include "kernels/layer_norm.hpp"
#include "kernels/reference/adamw.hpp"
#include "kernels/reference/cross_entropy.hpp"
#include "kernels/reference/gelu.hpp"
#include "kernels/reference/layer_norm.hpp"
#include "kernels/reference/residual.hpp"
#include "kernels/reference/rms_norm.hpp"
#include "kernels/reference/rope.hpp"
#include "kernels/reference/swiglu.hpp"
#include "kernels/residual.hpp"
#include "kernels/rms_norm.hpp"
#include "kernels/rope.hpp"
#include "kernels/swiglu.hpp"

#include <memory>

namespace aiops::bench {
namespace {

using namespace kernels;

constexpr double kTheta = 1e4;

Operation layer_norm(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s);
  const LayerNorm shape{s.rows, s.width};
  return {traffic,
          [=](ThreadPool& threads) {
            layer_norm_forward(shape, a->x.data(), a->weight.data(), a->bias.data(), a->y.data(),
                               {a->mean.data(), a->reciprocal.data()}, threads);
          },
          [=] {
            return a->y.error(reference::layer_norm(shape, a->x.numbers(), a->weight.numbers(),
                                                    a->bias.numbers()));
          },
          a};
}

Operation layer_norm_gradient(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s);
  const LayerNorm shape{s.rows, s.width};
  const auto statistics = reference::layer_norm_statistics(shape, a->x.numbers());
  std::ranges::copy(statistics.mean, a->mean.data());
  std::ranges::copy(statistics.reciprocal, a->reciprocal.data());
  return {traffic,
          [=](ThreadPool& threads) {
            layer_norm_backward(shape, a->x.data(), a->weight.data(),
                                {a->mean.data(), a->reciprocal.data()}, a->dy.data(), a->y.data(),
                                a->dweight.data(), a->dbias.data(), threads);
          },
          [=] {
            const auto exact = reference::layer_norm_gradient(shape, a->x.numbers(),
                                                              a->weight.numbers(), a->dy.numbers());
            return std::max(
                {a->y.error(exact[0]), a->dweight.error(exact[1]), a->dbias.error(exact[2])});
          },
          a};
}

Operation rms_norm(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s);
  const RmsNorm shape{s.rows, s.width};
  return {
      traffic,
      [=](ThreadPool& threads) {
        rms_norm_forward(shape, a->x.data(), a->weight.data(), a->y.data(), a->reciprocal.data(),
                         threads);
      },
      [=] { return a->y.error(reference::rms_norm(shape, a->x.numbers(), a->weight.numbers())); },
      a};
}

Operation rms_norm_gradient(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s);
  const RmsNorm shape{s.rows, s.width};
  std::ranges::copy(reference::rms_norm_reciprocals(shape, a->x.numbers()), a->reciprocal.data());
  return {traffic,
          [=](ThreadPool& threads) {
            rms_norm_backward(shape, a->x.data(), a->weight.data(), a->reciprocal.data(),
                              a->dy.data(), a->y.data(), a->dweight.data(), threads);
          },
          [=] {
            const auto exact = reference::rms_norm_gradient(shape, a->x.numbers(),
                                                            a->weight.numbers(), a->dy.numbers());
            return std::max(a->y.error(exact[0]), a->dweight.error(exact[1]));
          },
          a};
}

Operation gelu(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s);
  return {traffic,
          [=](ThreadPool& threads) { gelu_forward(s.count(), a->x.data(), a->y.data(), threads); },
          [=] { return a->y.error(reference::gelu(a->x.numbers())); }, a};
}

Operation gelu_gradient(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s);
  return {traffic,
          [=](ThreadPool& threads) {
            gelu_backward(s.count(), a->x.data(), a->dy.data(), a->y.data(), threads);
          },
          [=] { return a->y.error(reference::gelu_gradient(a->x.numbers(), a->dy.numbers())[0]); },
          a};
}

Operation swiglu(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s, 2);
  const Swiglu shape{s.rows, s.width};
  return {traffic,
          [=](ThreadPool& threads) { swiglu_forward(shape, a->x.data(), a->y.data(), threads); },
          [=] { return a->y.error(reference::swiglu(shape, a->x.numbers())); }, a};
}

Operation swiglu_gradient(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s, 2, 2);
  const Swiglu shape{s.rows, s.width};
  return {
      traffic,
      [=](ThreadPool& threads) {
        swiglu_backward(shape, a->x.data(), a->dy.data(), a->y.data(), threads);
      },
      [=] {
        return a->y.error(reference::swiglu_gradient(shape, a->x.numbers(), a->dy.numbers())[0]);
      },
      a};
}

enum class Turn { forward, back };

Operation rope(const OperatorShape& s, const Traffic& traffic, Turn turn) {
  const Rope shape = rope_of(s);
  const std::int64_t angles = shape.length * shape.head_dim / 2;
  const auto a = std::make_shared<const Workspace>(s, 1, 1, std::vector{angles, angles});
  float *const cosine = a->others[0].data(), *const sine = a->others[1].data();
  rope_table(shape.length, rope_frequencies(shape.head_dim, kTheta), cosine, sine);
  std::ranges::copy(a->x.span(), a->y.data());
  return {traffic,
          [=](ThreadPool& threads) {
            (turn == Turn::back ? rope_backward : rope_forward)(shape, cosine, sine, a->y.data(),
                                                                threads);
          },
          [=] {
            return a->y.error(turn == Turn::back
                                  ? reference::rope_gradient(shape, kTheta, a->x.numbers())[0]
                                  : reference::rope(shape, kTheta, a->x.numbers()));
          },
          a};
}

Operation residual(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s);
  std::ranges::copy(a->dy.span(), a->y.data());
  return {traffic,
          [=](ThreadPool& threads) { residual_add(s.count(), a->x.data(), a->y.data(), threads); },
          [=] { return a->y.error(reference::residual(a->x.numbers(), a->dy.numbers())); }, a};
}

Operation cross_entropy(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s);
  const CrossEntropy shape{s.rows, s.width};
  const auto targets = targets_of(s);
  return {traffic,
          [=](ThreadPool& threads) {
            cross_entropy_forward(shape, a->x.data(), targets.data(), a->mean.data(), threads);
          },
          [=] { return a->mean.error(reference::cross_entropy(shape, targets, a->x.numbers())); },
          a};
}

// softmax - onehot, from the losses in double: the oracle of the gradient goes over each row once
// for each of its elements.
Operation cross_entropy_gradient(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s);
  const CrossEntropy shape{s.rows, s.width};
  const auto targets = targets_of(s);
  std::ranges::copy(a->x.span(), a->y.data());
  return {traffic,
          [=](ThreadPool& threads) {
            cross_entropy_backward(shape, a->y.data(), targets.data(), 1, a->mean.data(), threads);
          },
          [=] {
            Numbers exact = a->x.numbers();
            const Numbers losses = reference::cross_entropy(shape, targets, exact);
            for (std::size_t i = 0; i < losses.size(); ++i) {
              double* row = exact.data() + static_cast<std::int64_t>(i) * s.width;
              const double denominator = losses[i] + row[targets[i]];
              for (std::int64_t c = 0; c < s.width; ++c) row[c] = std::exp(row[c] - denominator);
              row[targets[i]] -= 1;
            }
            return a->y.error(exact);
          },
          a};
}

Operation adamw(const OperatorShape& s, const Traffic& traffic) {
  const auto a = std::make_shared<const Workspace>(s, 1, 1, std::vector{s.count(), s.count()});
  const Array *const m = &a->others[0], *const v = &a->others[1];
  std::ranges::copy(a->x.span(), a->y.data());
  return {traffic,
          [=](ThreadPool& threads) {
            adamw_update(kAdamW, 1, a->y.span(), a->dy.span(), m->span(), v->span(), threads);
          },
          [=] {
            const Numbers zero(static_cast<std::size_t>(s.count()));
            const auto exact =
                reference::adamw(kAdamW, 1, a->x.numbers(), a->dy.numbers(), zero, zero);
            return std::max({a->y.error(exact.value), m->error(exact.m), v->error(exact.v)});
          },
          a};
}

}  // namespace

kernels::Rope rope_of(const OperatorShape& shape) {
  const std::int64_t head = shape.width % 64 == 0 ? 64 : shape.width;
  return {.rows = shape.rows,
          .length = std::min<std::int64_t>(512, shape.rows),
          .heads = shape.width / head,
          .head_dim = head,
          .stride = shape.width};
}

std::vector<std::int32_t> targets_of(const OperatorShape& shape) {
  std::vector<std::int32_t> targets;
  for (std::int64_t i = 0; i < shape.rows; ++i)
    targets.push_back(static_cast<std::int32_t>(i * 7 % shape.width));
  return targets;
}

const std::vector<OperationKind>& operation_kinds() {
  static const std::vector<OperationKind> kinds = {
      {"layer_norm", "forward", {1, 1, 0}, layer_norm},
      {"layer_norm", "backward", {2, 0, 1}, layer_norm_gradient},
      {"rms_norm", "forward", {1, 1, 0}, rms_norm},
      {"rms_norm", "backward", {2, 0, 1}, rms_norm_gradient},
      {"gelu", "forward", {1, 1, 0}, gelu},
      {"gelu", "backward", {2, 1, 0}, gelu_gradient},
      {"swiglu", "forward", {2, 1, 0}, swiglu},
      {"swiglu", "backward", {3, 2, 0}, swiglu_gradient},
      {"rope",
       "forward",
       {0, 0, 1},
       [](const OperatorShape& s, const Traffic& traffic) {
         return rope(s, traffic, Turn::forward);
       }},
      {"rope",
       "backward",
       {0, 0, 1},
       [](const OperatorShape& s, const Traffic& traffic) { return rope(s, traffic, Turn::back); }},
      {"residual", "forward", {1, 0, 1}, residual},
      {"cross_entropy", "forward", {1, 0, 0}, cross_entropy},
      {"cross_entropy", "backward", {0, 0, 1}, cross_entropy_gradient},
      {"adamw", "forward", {1, 0, 3}, adamw}};
  return kinds;
}

}  // namespace aiops::bench
