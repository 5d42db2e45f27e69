// SPDX-License-Identifier: Apache-2.0
// Muon (Jordan and others, 2024): the update of a matrix is its gradient's running mean with all
// singular values made about equal, so that no direction of the matrix learns much faster than
// another. A matrix alone has such directions; an embedding's rows, which are looked up one by one,
// and vectors keep AdamW.
#include "train/optimiser/muon.hpp"

#include "kernels/gradient_norm.hpp"
#include "kernels/momentum.hpp"
#include "kernels/newton_schulz.hpp"
#include "train/optimiser/adamw.hpp"
#include "train/optimiser/memory.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

constexpr int kRounds = 5;
constexpr double kEpsilon = 1e-7;

class Muon final : public Optimiser {
 public:
  Muon(std::vector<Parameter> matrices, std::span<const Parameter> others,
       const OptimiserOptions& options, ThreadPool& threads)
      : matrices_(std::move(matrices)),
        options_(options),
        threads_(threads),
        others_(others, {options.beta1, options.beta2, options.epsilon, options.weight_decay},
                threads) {
    arena_ = arena_for([&](kernels::Layout& layout) { memory_ = lay_out_muon(matrices_, layout); });
  }

  std::vector<NamedTensor> state() override {
    auto tensors = named("momentum_buffer.", matrices_, memory_.buffers);
    for (NamedTensor& tensor : others_.state()) tensors.push_back(std::move(tensor));
    return tensors;
  }

 private:
  void update(double learning_rate, std::int64_t number, float gradient_factor) override {
    others_.step(learning_rate, number, gradient_factor);
    scale_gradients(matrices_, gradient_factor, threads_);
    const double rate = learning_rate * options_.matrix_rate / options_.learning_rate;
    for (std::size_t i = 0; i < matrices_.size(); ++i)
      update_matrix(matrices_[i], memory_.buffers[i], rate);
  }

  void update_matrix(const Parameter& matrix, std::span<float> buffer, double rate) {
    const kernels::NewtonSchulz shape = newton_schulz_shape(matrix);
    const std::span<float> direction(memory_.direction, matrix.value.size());
    kernels::nesterov_direction(options_.momentum, matrix.gradient, buffer, direction, threads_);
    const double norm = std::sqrt(kernels::squared_norm(direction, threads_));
    kernels::scale(direction, static_cast<float>(1 / (norm + kEpsilon)), threads_);
    for (int round = 0; round < kRounds; ++round) {
      kernels::newton_schulz(shape, memory_.direction, memory_.next, memory_.scratch, threads_);
      std::swap(memory_.direction, memory_.next);
    }
    const double ratio = static_cast<double>(shape.rows) / static_cast<double>(shape.columns);
    const double decay = matrix.decay ? options_.weight_decay : 0;
    kernels::follow_direction(static_cast<float>(1 - rate * decay),
                              static_cast<float>(rate * std::sqrt(std::max(1.0, ratio))),
                              {memory_.direction, matrix.value.size()}, matrix.value, threads_);
  }

  std::vector<Parameter> matrices_;
  OptimiserOptions options_;
  ThreadPool& threads_;
  AdamW others_;
  kernels::Arena arena_;
  MuonMemory memory_;
};

}  // namespace

std::unique_ptr<Optimiser> make_muon(const OptimiserOptions& options,
                                     std::span<const Parameter> parameters, ThreadPool& threads) {
  MuonParts parts = parts_for_muon(parameters);
  return std::make_unique<Muon>(std::move(parts.matrices), parts.others, options, threads);
}

}  // namespace aiops::train
