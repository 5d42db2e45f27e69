// SPDX-License-Identifier: Apache-2.0
// Parameters to and from safetensors files.
#pragma once

#include "pack/safetensors.hpp"
#include "train/model/files.hpp"
#include "train/model/model.hpp"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// A tensor in memory that a file is to fill or to hold.
struct NamedTensor {
  std::string name;
  std::vector<std::uint64_t> shape;  // as it lies in memory
  std::span<float> values;
  FileOrder order = FileOrder::same;
};

// "[3,24]"
std::string shape_text(const std::vector<std::uint64_t>& shape);

// What a checkpoint of the model holds: its parameters, or its adapters alone.
std::vector<NamedTensor> tensors_of(Model& model);
std::vector<NamedTensor> parameters_of(Model& model);

// Which parameters are read: all, or those below a head that the model has in place of the files'.
enum class Part { all, body };

// Fills the parameters from model.safetensors, or from the shards that model.safetensors.index.json
// names, with no second copy of more than one tensor. Reads F32, BF16 and F16. Throws Error{failed}
// naming the tensor that is missing, unknown or of another shape. A tied model may carry its output
// layer a second time, older files masks; names may lack the family's prefix.
void load_weights(const ModelFiles& files, Model& model, Part part = Part::all);

// One file; every tensor must be there, and nothing else.
void load_tensors(const ModelFiles::File& file, std::span<const NamedTensor> tensors);

// The same from STEM.safetensors, or from the shards that STEM.safetensors.index.json names.
void load_tensors(const ModelFiles& files, std::string_view stem,
                  std::span<const NamedTensor> tensors);

// The names and shapes of the tensors in STEM.safetensors, or in the shards that its index names.
std::map<std::string, std::vector<std::uint64_t>> shapes_in(const ModelFiles& files,
                                                            std::string_view stem);

// As a file holds it; the values must live until it is written.
pack::TensorToWrite to_write(const NamedTensor& tensor);

void save_tensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors);

}  // namespace aiops::train
