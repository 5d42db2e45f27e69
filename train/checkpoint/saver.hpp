// SPDX-License-Identifier: Apache-2.0
// Checkpoints are written beside the training: save() copies the tensors (a tenth of a second for a
// gigabyte; from a GPU only begins to) and a thread of low priority hashes and writes the copy
// while the next steps run. One is under way at a time; the next save waits for it. A checkpoint
// that must be there, at the end and when stopped, is written at once from the tensors themselves.
#pragma once

#include "base/error.hpp"
#include "base/status.hpp"
#include "base/thread_pool.hpp"
#include "kernels/arena.hpp"
#include "train/checkpoint/checkpoint.hpp"
#include "train/checkpoint/disk_space.hpp"
#include "train/checkpoint/provenance.hpp"
#include "train/config/config.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <cstdint>
#include <filesystem>
#include <future>
#include <string>

namespace aiops::train {

// Writes the checkpoints of a run into its OUT, each step at most once.
class Saver {
 public:
  // `must`: throw rather than warn when a checkpoint cannot be written, and return when it is.
  enum class Must { no, yes };
  // Whether OUT/best is to point to it.
  enum class Best { no, yes };

  // Keeps its arguments, which must outlive it.
  Saver(const TrainConfig& config, const Tokenizer& tokenizer, pack::DigestMemory& digests,
        ThreadPool& threads, Status& status, const StopFlag& stop);
  ~Saver();
  Saver(const Saver&) = delete;
  Saver& operator=(const Saver&) = delete;

  // The run goes on from this checkpoint.
  void resumed(std::int64_t step, std::filesystem::path checkpoint);

  // Writes OUT/step-N unless it is there, and removes what is not to be kept. A full disk is waited
  // for, beside the training until the next save.
  void save(const TrainerState& state, Model& model, Optimiser& optimiser, Must must,
            Best best = Best::no);

  // Returns when everything that was given to save() is on the disk, or a warning says why not.
  void wait();

  // The newest one. Only after wait().
  const std::filesystem::path& checkpoint() const { return checkpoint_; }

  // Memory that the copy takes; 0 when no checkpoint is written beside the training.
  static std::uint64_t copy_bytes(const TrainConfig& config, std::uint64_t tensor_bytes);

 private:
  CheckpointContent content_of(const TrainerState& state, Model& model, Optimiser& optimiser);
  void copy_tensors(CheckpointContent& content);
  std::filesystem::path write(const CheckpointContent& content, Best best) const;
  void finish(std::int64_t step, std::filesystem::path checkpoint);
  void report(const Error& error, std::int64_t step, Must must) const;

  const TrainConfig& config_;
  const Tokenizer& tokenizer_;
  pack::DigestMemory& digests_;
  ThreadPool& threads_;
  Status& status_;
  DiskSpace space_;
  std::string tokenizer_json_;  // made once: it does not change
  RunRecord run_;
  kernels::Arena copy_;
  std::int64_t saved_step_ = -1;
  std::filesystem::path checkpoint_;
  std::int64_t writing_step_ = -1;
  std::future<std::filesystem::path> writing_;
};

}  // namespace aiops::train
