// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/bench_gpu.hpp"
#include "bench/bench_model.hpp"
#include "bench/generate_tests.hpp"
#include "bench/suite.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace aiops::bench {

// Every combination is measured.
struct GeneratePlan {
  std::vector<BenchModel> models;
  std::vector<std::string> precisions;  // of train_precisions()
  std::vector<GenerateTest> tests;
  std::optional<GpuChoice> gpu = {};  // none: the CPU
};

// Prompts read and tokens made by models on random tokens, one sequence. A call
// of a test without a prompt is one token; of another, the whole test. Each takes turns with reads
// of as many bytes as the model has and with multiply-adds, and the record's peak is what those
// would allow; on a GPU it is what its datasheet would. Throws Error{usage} for more tokens than
// the model takes, Error{failed} when the memory does not suffice or a prompt at once says
// something else than token by token, Error{no_gpu} without a GPU to use.
Suite generate_suite(const GeneratePlan& plan, const Bench& bench);

// The record's `correctness`; throws Error{failed} when logits differ by more than `bound` of the
// largest.
Json check_logits(const std::string& model, std::span<const float> at_once,
                  std::span<const float> one_by_one, double bound);

}  // namespace aiops::bench
