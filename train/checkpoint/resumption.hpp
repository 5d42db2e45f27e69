// SPDX-License-Identifier: Apache-2.0
// Going on from a checkpoint: which one, and whether this is still the same run.
#pragma once

#include "base/status.hpp"
#include "train/preparation.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace aiops::train {

// The checkpoint that the options say to go on from, verified; none to begin. Throws Error{usage}
// when they say to begin where one lies.
std::optional<std::filesystem::path> find_checkpoint(const TrainOptions& options, Status& status);

// Takes over what a run settles at its start. Throws Error{usage} when `config`, the data or the
// base model would make another run than the one that wrote `state`; tells what only steers it.
void resume_from(const std::filesystem::path& checkpoint, const TrainerState& state,
                 const std::string& data_digest, const std::optional<BaseModel>& base,
                 TrainConfig& config, Status& status);

// The checkpoint's. Throws Error{usage} when the configuration names another one.
Tokenizer resumed_tokenizer(const std::filesystem::path& checkpoint, const TrainConfig& config);

// Throws Error{usage} when the run began with another chat template.
void require_same_template(const std::filesystem::path& checkpoint, const TrainConfig& config);

Tokenizer read_tokenizer(const std::filesystem::path& file);

}  // namespace aiops::train
