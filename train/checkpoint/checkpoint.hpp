// SPDX-License-Identifier: Apache-2.0
// A checkpoint is a model directory with a folder training/ inside: the optimiser's state,
// trainer_state.json, and manifest.json with size and SHA-256 of every other file. Weights and
// state are cut into shards by layer where they are large.
#pragma once

#include "base/json.hpp"
#include "pack/digest_memory.hpp"
#include "train/checkpoint/manifest.hpp"
#include "train/data/batches.hpp"
#include "train/data/corpus.hpp"
#include "train/model/base_model.hpp"
#include "train/model/model.hpp"
#include "train/model/weights.hpp"
#include "train/optimiser/optimiser.hpp"
#include "train/prediction/measure.hpp"
#include "train/steering.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aiops::train {

// Where a run stands; with the tensors, all that it needs to go on.
struct TrainerState {
  std::int64_t step = 0;   // done
  std::int64_t steps = 0;  // of the whole run
  std::uint64_t tokens = 0;
  DataPosition position;  // of the next row
  double loss = 0;        // of the last step
  std::optional<double> validation_loss;
  std::vector<Measure> measures;  // of that validation, where there are labels or numbers
  double wall_seconds = 0;        // over all its runs
  Steering steering;
  std::int64_t restarts = 0;
  std::string gradient_sum;  // GradientSum::how(), of this run; for the provenance alone
  std::string config;        // TrainConfig::to_json(), as text
  std::string data_digest;   // digest_of()
  std::vector<DataFile> data;
  std::optional<BaseRecord> base;     // what a fine-tuning began with
  std::optional<BaseRecord> adapter;  // and the adapters over it, where it had some

  std::string to_text() const;
  static TrainerState parse(std::string_view text, std::string_view what);
};

// What goes into a checkpoint. The tensors are read while it is written.
struct CheckpointContent {
  std::int64_t step = 0;
  std::vector<std::pair<std::string, std::string>> texts;  // path and bytes
  std::string stem = "model";                              // of the weights' files
  std::vector<NamedTensor> weights;
  std::vector<NamedTensor> optimiser;
  std::uint64_t shard = 512u << 20;  // most bytes of tensors in a file
  // Makes training/provenance.json from what was written; may be empty.
  std::function<std::string(const CheckpointManifest&)> provenance;
  pack::DigestMemory* digests = nullptr;  // gets to know the files; may be none
};

// Writes OUT/step-N and points OUT/latest to it. Returns its path. On failure (a full disk, say)
// nothing but the temporary directory was touched, and that is removed.
std::filesystem::path write_checkpoint(const std::filesystem::path& out,
                                       const CheckpointContent& content);

// SHA-256 of a file, hex.
std::string file_sha256(const std::filesystem::path& path);

// Throws not_found when there is none.
CheckpointManifest read_manifest(const std::filesystem::path& checkpoint);

// Throws Error{unverified} when a file differs from the manifest, is missing, or there is none.
// `sizes` only looks at the files' sizes.
enum class Depth { sizes, contents };
void verify_checkpoint(const std::filesystem::path& directory, Depth depth = Depth::contents);

TrainerState read_state(const std::filesystem::path& checkpoint);
void load_checkpoint(const std::filesystem::path& checkpoint, Model& model, Optimiser& optimiser);

}  // namespace aiops::train
