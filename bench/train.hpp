// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/bench_gpu.hpp"
#include "bench/suite.hpp"
#include "train/model/model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

// Every combination is measured.
struct TrainPlan {
  enum class Floor { no, yes };
  std::vector<std::string> models;      // of train_models()
  std::vector<std::int64_t> rows;       // of a step
  std::vector<std::int64_t> lengths;    // tokens of a row
  std::vector<std::string> precisions;  // of train_precisions()
  Floor floor = Floor::no;
  std::optional<GpuChoice> gpu = {};  // none: the CPU
};

std::vector<std::string> train_models();      // gpt2-124m, smollm2-135m, tiny
std::vector<std::string> train_precisions();  // fp32, bf16

// The shape of one of train_models().
train::ModelConfig train_shape(const std::string& name);

// Whole training steps of freshly initialised models on random tokens: zero the gradients, forward,
// backward, clip, AdamW. With a floor, the step takes turns with what it cannot do without, and the
// record's peak is the floor's rate. On a GPU there is no floor, and a step ends when the update of
// its parameters is done. Throws Error{usage} for rows longer than the model takes and a floor on a
// GPU, Error{failed} when the memory does not suffice or the loss is not a number, Error{no_gpu}
// without a GPU to use.
Suite train_suite(const TrainPlan& plan, const Bench& bench);

}  // namespace aiops::bench
