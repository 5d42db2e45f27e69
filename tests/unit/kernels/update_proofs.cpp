// SPDX-License-Identifier: Apache-2.0
// Proofs of what has no gradient: the optimiser, the norm, random numbers, sampling.
#include "kernels/adamw.hpp"
#include "kernels/gradient_norm.hpp"
#include "kernels/momentum.hpp"
#include "kernels/newton_schulz.hpp"
#include "kernels/random.hpp"
#include "kernels/reference/adamw.hpp"
#include "kernels/reference/momentum.hpp"
#include "kernels/reference/newton_schulz.hpp"
#include "kernels/reference/random.hpp"
#include "kernels/reference/sampling.hpp"
#include "kernels/sampling.hpp"
#include "tests/unit/kernels/proof.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::kernels {
namespace {

using Inputs = std::vector<Numbers>;
using Arrays = std::vector<Floats>;

template <typename Array>
Array joined(const std::vector<Array>& parts) {
  Array all;
  for (const Array& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Proof adamw_at(std::int64_t count, std::int64_t step, double weight_decay,
               float gradient_factor = 1) {
  const AdamWConstants constants{
      .learning_rate = 0.01, .weight_decay = weight_decay, .gradient_factor = gradient_factor};
  Proof proof{.shape = std::to_string(count) + " at step " + std::to_string(step),
              .inputs = {some_numbers(count, 1), some_numbers(count, 2), some_numbers(count, 3),
                         some_numbers(count, 4)}};
  for (double& v : proof.inputs[3]) v = std::abs(v);
  proof.oracle = [=](const Inputs& in) {
    const auto result = reference::adamw(constants, step, in[0], in[1], in[2], in[3]);
    return joined<Numbers>({result.value, result.m, result.v});
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats value = in[0];
    Floats m = in[2];
    Floats v = in[3];
    adamw_update(constants, step, value, in[1], m, v, threads);
    return joined<Floats>({value, m, v});
  };
  return proof;
}

constexpr MomentumConstants kMomentum{.learning_rate = 0.02, .momentum = 0.95, .weight_decay = 0.1};

Proof momentum_at(std::int64_t count, bool looks_ahead) {
  Proof proof{.shape = std::to_string(count) + (looks_ahead ? " ahead" : ""),
              .inputs = {some_numbers(count, 1), some_numbers(count, 2), some_numbers(count, 3)}};
  proof.oracle = [=](const Inputs& in) {
    const auto result = looks_ahead ? reference::nesterov(kMomentum, in[0], in[1], in[2])
                                    : reference::momentum(kMomentum, in[0], in[1], in[2]);
    return joined<Numbers>({result.value, result.buffer});
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats value = in[0];
    Floats buffer = in[2];
    if (looks_ahead) {
      Floats direction = garbage(value.size());
      nesterov_direction(kMomentum.momentum, 1, in[1], buffer, direction, threads);
      follow_direction(1.0F - 0.02F * 0.1F, 0.02F, direction, value, threads);
    } else {
      momentum_update(kMomentum, value, in[1], buffer, threads);
    }
    return joined<Floats>({value, buffer});
  };
  return proof;
}

Proof newton_schulz_at(std::int64_t rows, std::int64_t columns) {
  const NewtonSchulz shape{.rows = rows, .columns = columns};
  // Singular values below about 1, as those of a matrix divided by its Frobenius norm.
  const double deviation = 0.5 / std::sqrt(static_cast<double>(std::max(rows, columns)));
  Proof proof{.shape = std::to_string(rows) + "x" + std::to_string(columns),
              .inputs = {some_numbers(shape.size(), 1, deviation)}};
  proof.oracle = [=](const Inputs& in) { return reference::newton_schulz(shape, in[0]); };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats next = garbage(in[0].size());
    Floats scratch = garbage(static_cast<std::size_t>(shape.scratch()));
    newton_schulz(shape, in[0].data(), next.data(), scratch.data(), threads);
    return next;
  };
  return proof;
}

Proof norm_at(std::int64_t count) {
  Proof proof{.shape = std::to_string(count), .inputs = {some_numbers(count, 1)}};
  proof.oracle = [](const Inputs& in) {
    Numbers out{0};
    for (const double x : in[0]) out[0] += x * x;
    out[0] = std::sqrt(out[0]);
    return out;
  };
  proof.cpu = [](const Arrays& in, ThreadPool& threads) {
    return Floats{static_cast<float>(std::sqrt(squared_norm(in[0], threads)))};
  };
  return proof;
}

Proof random_at(std::uint64_t seed, std::int64_t count) {
  Proof proof{.shape = std::to_string(count) + " from seed " + std::to_string(seed)};
  proof.oracle = [=](const Inputs&) {
    Numbers out;
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i)
      out.push_back(0.5 * reference::normal_quantile(uniform(seed, 21, i)));
    return out;
  };
  proof.cpu = [=](const Arrays&, ThreadPool& threads) {
    Floats out = garbage(static_cast<std::size_t>(count));
    fill_normal(seed, 21, 0.5F, out, threads);
    return out;
  };
  return proof;
}

Proof sampling_at(std::int64_t vocab, const Sampling& how) {
  Proof proof{.shape = std::to_string(vocab) + ", temperature " + std::to_string(how.temperature) +
                       ", top " + std::to_string(how.top_k) + ", mass " +
                       std::to_string(how.top_p) + ", share " + std::to_string(how.min_p),
              .inputs = {some_numbers(vocab, 1, 2)}};
  proof.oracle = [=](const Inputs& in) { return reference::sampling(how, in[0]); };
  proof.cpu = [=](const Arrays& in, ThreadPool&) {
    std::vector<Candidate> candidates;
    candidates_of(in[0], how, candidates);
    Floats probability(in[0].size());
    for (const Candidate& c : candidates)
      probability[static_cast<std::size_t>(c.token)] = static_cast<float>(c.probability);
    return probability;
  };
  return proof;
}

}  // namespace

std::vector<Proof> prove_adamw() {
  return {adamw_at(1, 1, 0), adamw_at(1001, 3, 0.1), adamw_at(70001, 1000, 0.1, 0.25F)};
}

std::vector<Proof> prove_gradient_norm() { return {norm_at(1), norm_at(777), norm_at(70001)}; }

std::vector<Proof> prove_momentum() {
  return {momentum_at(1, false), momentum_at(70001, false), momentum_at(1, true),
          momentum_at(70001, true)};
}

std::vector<Proof> prove_newton_schulz() {
  return {newton_schulz_at(1, 1), newton_schulz_at(7, 40), newton_schulz_at(130, 33),
          newton_schulz_at(64, 64)};
}

std::vector<Proof> prove_random() {
  return {random_at(0, 1), random_at(1, 4099), random_at(~std::uint64_t{0}, 20001)};
}

std::vector<Proof> prove_sampling() {
  return {sampling_at(1, {}),
          sampling_at(500, {.temperature = 0}),
          sampling_at(500, {.temperature = 0.7}),
          sampling_at(500, {.temperature = 1.5, .top_k = 10}),
          sampling_at(500, {.temperature = 1, .top_k = 1000, .top_p = 0.8}),
          sampling_at(33, {.temperature = 1, .top_k = 5, .top_p = 0.01}),
          sampling_at(500, {.temperature = 0.8, .min_p = 0.1}),
          sampling_at(500, {.temperature = 1, .top_p = 0.5, .min_p = 0.05}),
          sampling_at(33, {.temperature = 2, .min_p = 1})};
}

}  // namespace aiops::kernels
