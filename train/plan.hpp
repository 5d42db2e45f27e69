// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/memory_need.hpp"
#include "train/trainer.hpp"

#include <cstdint>
#include <string>

namespace aiops::train {

// What a training will take, before it is started.
struct TrainPlan {
  std::uint64_t parameters = 0;
  MemoryNeed memory;            // of each rank
  std::uint64_t gpu_bytes = 0;  // of the GPU that computes, and
  std::uint64_t gpu_free = 0;   // how much of it is free
  std::string gradients;        // how ranks add them, as GradientSum::how() says it
  bool is_by_nccl = false;
  int ranks_here = 1;                  // on this host, each of which needs that
  std::uint64_t checkpoint_bytes = 0;  // on disk, each
  std::int64_t steps = 0;
  std::uint64_t tokens_per_step = 0;
  double flop_per_step = 0;
  double step_seconds = 0;  // measured
  double epochs = 0;        // how often the data is read
};

// Floating-point operations of one step, forward and backward: 6 for each matrix parameter and
// token, and those of causal attention.
double flop_per_step(const ModelConfig& model, const TrainConfig& config);

// Prepares the run (the tokenizer and the cache of tokens stay for it) and times a few steps.
// Throws Error{failed} when its memory is not available.
TrainPlan plan_training(const TrainOptions& options, ThreadPool& threads, Status& status,
                        const StopFlag& stop, Collective& ranks = alone());

}  // namespace aiops::train
