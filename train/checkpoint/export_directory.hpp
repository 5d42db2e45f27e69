// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/checkpoint/export.hpp"

namespace aiops::train {

// Writes into an empty directory what Hugging Face's libraries load as it is, weights as
// safetensors in options.dtype, in shards of options.shard; README.md and the licence come along.
void write_export_directory(const std::filesystem::path& directory, Model& model,
                            const StoredModel& stored, const ExportOptions& options, Status& status,
                            const StopFlag& stop);

}  // namespace aiops::train
