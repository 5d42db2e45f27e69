// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/checkpoint/export.hpp"
#include "train/model/model.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <string>

namespace aiops::train {

// What a GGUF file says of a model beside its shape and its tokenizer.
struct GgufLabels {
  std::string name;
  std::string chat_template;  // empty: none
};

// Writes a model as one GGUF file that llama.cpp and its kin read: tensors of one dimension and
// position tables as F32, the others in `dtype` (F32 where a row is not whole blocks).
void write_gguf(const std::filesystem::path& path, Model& model, const Tokenizer& tokenizer,
                const GgufLabels& labels, ExportDtype dtype, ThreadPool& threads, Status& status,
                const StopFlag& stop);

}  // namespace aiops::train
