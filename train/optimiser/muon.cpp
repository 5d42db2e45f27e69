// SPDX-License-Identifier: Apache-2.0
// Muon (Jordan and others, 2024): the update of a matrix is its gradient's running mean with all
// singular values made about equal, so that no direction of the matrix learns much faster than
// another. A matrix alone has such directions; an embedding's rows, which are looked up one by one,
// and vectors keep AdamW.
#include "train/optimiser/muon.hpp"

#include "train/optimiser/adamw.hpp"
#include "train/optimiser/memory.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace aiops::train {
namespace {

constexpr int kRounds = 5;
constexpr double kEpsilon = 1e-7;

class Muon final : public Optimiser {
 public:
  Muon(std::vector<Parameter> matrices, std::span<const Parameter> others,
       const OptimiserOptions& options, kernels::Backend& backend)
      : matrices_(std::move(matrices)),
        options_(options),
        backend_(backend),
        others_(others, {options.beta1, options.beta2, options.epsilon, options.weight_decay},
                backend) {
    memory_ = twin_for(backend,
                       [&](kernels::Layout& layout) { places_ = lay_out_muon(matrices_, layout); });
  }

  std::vector<NamedTensor> state() override {
    memory_.for_host();
    kernels::Layout here(memory_.here().data());
    auto tensors = named("momentum_buffer.", matrices_, lay_out_muon(matrices_, here).buffers);
    for (NamedTensor& tensor : others_.state()) tensors.push_back(std::move(tensor));
    return tensors;
  }

 private:
  void update(double learning_rate, std::int64_t number, float gradient_factor) override {
    others_.step(learning_rate, number, gradient_factor);
    memory_.for_operators();
    backend_.begin_staging();
    const float* const factor = backend_.stage(std::span<const float>(&gradient_factor, 1));
    const double rate = learning_rate * options_.matrix_rate / options_.learning_rate;
    const auto work = [&] {
      for (std::size_t i = 0; i < matrices_.size(); ++i)
        update_matrix(matrices_[i], places_.buffers[i].data(), factor, rate);
    };
    backend_.pass(std::ref(work));
  }

  void update_matrix(const Parameter& matrix, float* buffer, const float* gradient_factor,
                     double rate) {
    const kernels::NewtonSchulz shape = newton_schulz_shape(matrix);
    backend_.run(aiops_nesterov{.momentum = options_.momentum,
                                .count = shape.size(),
                                .gradient = matrix.gradient.data(),
                                .gradient_scale = gradient_factor,
                                .buffer = buffer,
                                .direction = places_.direction});
    normalise(shape.size());
    for (int round = 0; round < kRounds; ++round) {
      backend_.run(aiops_newton_schulz{.rows = shape.rows,
                                       .columns = shape.columns,
                                       .a = shape.a,
                                       .b = shape.b,
                                       .c = shape.c,
                                       .x = places_.direction,
                                       .next = places_.next});
      std::swap(places_.direction, places_.next);
    }
    const double ratio = static_cast<double>(shape.rows) / static_cast<double>(shape.columns);
    const double decay = matrix.decay ? options_.weight_decay : 0;
    const aiops_follow_factors factors{
        .keep = static_cast<float>(1 - rate * decay),
        .rate = static_cast<float>(rate * std::sqrt(std::max(1.0, ratio)))};
    backend_.run(aiops_follow{.count = shape.size(),
                              .factors = backend_.stage(std::span(&factors, 1)),
                              .direction = places_.direction,
                              .value = matrix.for_operators(),
                              .copy = backend_.copy_of(matrix.for_operators())});
  }

  // The direction, to a norm of about 1: the iteration wants singular values of at most 1.
  void normalise(std::int64_t count) {
    double* const squares = backend_.results(1);
    backend_.run(
        aiops_gradient_norm{.count = count, .values = places_.direction, .squares = squares});
    backend_.run(aiops_normalise{
        .epsilon = kEpsilon, .count = count, .squares = squares, .values = places_.direction});
  }

  std::vector<Parameter> matrices_;
  OptimiserOptions options_;
  kernels::Backend& backend_;
  AdamW others_;
  kernels::Twin memory_;
  MuonMemory places_;  // where operators have it
};

}  // namespace

std::unique_ptr<Optimiser> make_muon(const OptimiserOptions& options,
                                     std::span<const Parameter> parameters,
                                     kernels::Backend& backend) {
  MuonParts parts = parts_for_muon(parameters);
  return std::make_unique<Muon>(std::move(parts.matrices), parts.others, options, backend);
}

}  // namespace aiops::train
