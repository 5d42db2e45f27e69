// SPDX-License-Identifier: Apache-2.0
// What turns gradients into a better model. An optimiser's state is a list of named tensors and the
// number of the step; with them a resumed run goes on with the same bits.
#pragma once

#include "kernels/backend.hpp"
#include "train/model/model.hpp"
#include "train/model/weights.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace aiops::train {

enum class OptimiserKind { adamw, muon, sgd };

// "adamw", "muon" or "sgd"; throws Error{usage} naming `what`.
OptimiserKind parse_optimiser(std::string_view word, std::string_view what);
const char* name_of(OptimiserKind kind);
const char* title_of(OptimiserKind kind);  // for prose: "AdamW"

struct OptimiserOptions {
  OptimiserKind kind = OptimiserKind::adamw;
  double learning_rate = 1e-3;                       // at the peak of the schedule
  double beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8;  // AdamW, and what Muon leaves to it
  double momentum = 0.9;                             // SGD, and Muon's matrices
  double matrix_rate = 0.02;                         // Muon: the peak for its matrices
  double weight_decay = 0.1;                         // on parameters whose `decay` is set
};

class Optimiser {
 public:
  virtual ~Optimiser() = default;

  // One update of the parameters from their gradients, times `gradient_factor`. `number` counts
  // from 1 and goes on where a resumed run stopped. The gradients are used up: what they hold
  // afterwards is not said.
  void step(double learning_rate, std::int64_t number, float gradient_factor = 1) {
    update(learning_rate, number, gradient_factor);
  }

  // Views of the state, named after the parameters ("exp_avg.model.norm.weight"): to be written
  // out, or filled before a resumed run's first step. Valid as long as the optimiser; the same
  // names in the same order each time.
  virtual std::vector<NamedTensor> state() = 0;

  std::uint64_t state_bytes();
  void clear();  // the state as it was at first: zeros

 private:
  virtual void update(double learning_rate, std::int64_t number, float gradient_factor) = 0;
};

// Keeps the spans of `parameters`, which must outlive it. All state begins as zeros.
std::unique_ptr<Optimiser> make_optimiser(const OptimiserOptions& options,
                                          std::span<const Parameter> parameters,
                                          kernels::Backend& backend);

// The norm of all gradients together (Model::gradients()).
double gradient_norm(std::span<const std::span<float>> gradients, kernels::Backend& backend);

// What gradients of that norm are to be multiplied by, so that it is at most `max_norm`; 0: as they
// are. An optimiser's step does it on the way: a pass of its own would read and write them again.
float clip_factor(double norm, double max_norm);

}  // namespace aiops::train
