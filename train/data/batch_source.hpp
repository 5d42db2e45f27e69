// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/tasks/task_data.hpp"

#include <memory>
#include <string>
#include <vector>

namespace aiops::train {

// What the rows of a run follow from, beside its task.
struct BatchSource {
  const TrainConfig& config;
  const std::vector<DataFile>& files;
  const std::string& data_digest;
  const Tokenizer& tokenizer;
  const ModelConfig& model;
};

// Tokenises the data, unless OUT/cache holds it as tokens, and makes rows of it as the task does;
// tells how many.
std::unique_ptr<const Batches> make_batches(const BatchSource& source, TaskData& task,
                                            ThreadPool& threads, Status& status);

}  // namespace aiops::train
