// SPDX-License-Identifier: Apache-2.0
// A checkpoint is a model directory with a folder training/ inside: optimizer.safetensors (the
// optimiser's state), trainer_state.json, and manifest.json with the SHA-256 of every other file.
// It is built under STEP.tmp, flushed, sealed by the manifest and renamed; then `latest` points to
// it. At every instant, what is called step-N is whole.
#pragma once

#include "base/json.hpp"
#include "base/status.hpp"
#include "train/base_model.hpp"
#include "train/batches.hpp"
#include "train/corpus.hpp"
#include "train/model.hpp"
#include "train/optimiser.hpp"
#include "train/tokenizer.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aiops::train {

// Where a run stands; with the two safetensors files, all that it needs to go on.
struct TrainerState {
  std::int64_t step = 0;   // done
  std::int64_t steps = 0;  // of the whole run
  std::uint64_t tokens = 0;
  DataPosition position;  // of the next row
  double loss = 0;        // of the last step
  std::optional<double> validation_loss;
  double wall_seconds = 0;  // over all its runs
  std::string config;       // TrainConfig::to_json(), as text
  std::string data_digest;  // digest_of()
  std::vector<DataFile> data;
  std::optional<BaseRecord> base;  // what a fine-tuning began with

  std::string to_text() const;
  static TrainerState parse(std::string_view text, std::string_view what);
};

// Writes OUT/step-N and points OUT/latest to it. Returns its path. On failure (a full disk, say)
// nothing but the temporary directory was touched, and that is removed.
std::filesystem::path write_checkpoint(const std::filesystem::path& out, const TrainerState& state,
                                       Model& model, Optimiser& optimiser,
                                       const Tokenizer& tokenizer, const std::string& card);

// SHA-256 of a file, hex.
std::string file_sha256(const std::filesystem::path& path);

// Throws Error{unverified} when a file differs from the manifest, is missing, or there is none.
void verify_checkpoint(const std::filesystem::path& directory);

// The newest checkpoint below `out` that verifies; warns about newer ones that do not.
std::optional<std::filesystem::path> newest_checkpoint(const std::filesystem::path& out,
                                                       Status& status);

TrainerState read_state(const std::filesystem::path& checkpoint);
void load_checkpoint(const std::filesystem::path& checkpoint, Model& model, Optimiser& optimiser);

// Removes all but the newest `keep` checkpoints.
void prune_checkpoints(const std::filesystem::path& out, std::int64_t keep);

// Removes what a run that was killed left half-made. Only under the run's lock.
void remove_leftovers(const std::filesystem::path& out);

// OUT/model: the files of the checkpoint without training/, put in place of an older one at once.
std::filesystem::path publish_model(const std::filesystem::path& out,
                                    const std::filesystem::path& checkpoint);

}  // namespace aiops::train
