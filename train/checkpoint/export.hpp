// SPDX-License-Identifier: Apache-2.0
// A model written in another format, and proved: what was written is read again and must compute
// the same before it gets its name.
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/model/stored_model.hpp"

#include <cstdint>
#include <filesystem>

namespace aiops::train {

enum class ExportFormat { gguf, hugging_face };
enum class ExportDtype { f32, f16, bf16, q8_0 };

struct ExportOptions {
  std::filesystem::path out;  // a file (gguf) or a directory (hugging_face)
  ExportFormat format = ExportFormat::gguf;
  ExportDtype dtype = ExportDtype::f32;
  std::uint64_t shard = std::uint64_t{2} << 30;  // hugging_face: most bytes of tensors in a file
};

struct ExportResult {
  std::uint64_t bytes = 0;  // of all files
  // How far the logits of what was written are from those of the model, as a share of their spread:
  // the root of the mean squares of both, each position's mean taken off.
  double difference = 0;
  double tolerance = 0;  // the largest that would have been accepted
};

// The largest difference that is accepted: none for f32, what rounding explains for the others.
// Adapters that are merged may differ by 1e-4.
double export_tolerance(ExportDtype dtype);

// Reads the model, adds its adapters to its weights if it has some, writes it under a temporary
// name, reads that again and compares configuration, tokens and logits; then it gets its name, in
// place of a file that was there. Throws Error{unverified} when it is not the same model,
// Error{usage} when a directory is in the way. Whatever is thrown, nothing is left.
ExportResult export_model(const StoredModel& stored, const ExportOptions& options,
                          ThreadPool& threads, Status& status, const StopFlag& stop);

}  // namespace aiops::train
