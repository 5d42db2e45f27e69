// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/checkpoint/checkpoint.hpp"
#include "train/config/config.hpp"
#include "train/data/batches.hpp"
#include "train/model/base_model.hpp"
#include "train/ranks/collective.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace aiops::train {

enum class Resume {
  automatic,  // from the newest checkpoint of OUT that verifies, else from the start
  never,      // from the start; refuses an OUT that holds checkpoints
  directory,  // from a given checkpoint
};

struct TrainOptions {
  TrainConfig config;
  Resume resume = Resume::automatic;
  std::filesystem::path resume_directory;
  std::optional<BaseModel> base;  // the one that config.base names
  std::string learnt;  // the tokenizer.json that another rank has learnt from the data, or empty
  std::filesystem::path digest_memory;  // a file of pack::DigestMemory; empty: none is kept
};

// All that is settled before the first step.
struct Preparation {
  TrainConfig config;  // with the steps and the warm-up of a resumed run
  std::vector<DataFile> files;
  std::string data_digest;
  std::optional<BaseModel> base;
  Tokenizer tokenizer;
  ModelConfig model;
  std::unique_ptr<const Batches> batches;           // views into the cache
  std::optional<std::filesystem::path> checkpoint;  // to go on from
  std::optional<TrainerState> state;                // its state
  std::filesystem::path digest_memory;

  // The configuration with the steps that the data settles; 0 when `minutes` are to decide.
  TrainConfig with_steps() const;
};

// Finds and checks the checkpoint, hashes the data, learns or reads the tokenizer, tokenises.
// Throws Error{usage} when a resumed run's configuration or data would make another model.
Preparation prepare(const TrainOptions& options, ThreadPool& threads, Status& status,
                    const StopFlag& stop);

// The same as one of several ranks: the first does it before the others. Throws Error{usage} when
// this rank comes to another configuration, data or checkpoint than the first.
Preparation prepare_together(const TrainOptions& options, ThreadPool& threads, Status& status,
                             const StopFlag& stop, Collective& ranks);

}  // namespace aiops::train
