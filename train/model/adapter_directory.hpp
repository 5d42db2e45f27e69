// SPDX-License-Identifier: Apache-2.0
// Adapters as the peft package lays them out: adapter_config.json and adapter_model.safetensors.
#pragma once

#include "train/model/adapter_config.hpp"
#include "train/model/files.hpp"
#include "train/model/model.hpp"

namespace aiops::train {

inline constexpr const char* kAdapterConfig = "adapter_config.json";
inline constexpr const char* kAdapterWeights = "adapter_model";  // .safetensors

bool is_adapter(const ModelFiles& files);
AdapterConfig read_adapter_config(const ModelFiles& files);

// The adapters that the files hold, for a base of this shape. Throws Error{failed} when
// configuration and tensors do not fit each other or the base, naming the tensor.
LoraOptions read_adapter(const ModelFiles& files, const ModelConfig& base);

// The head of the model that these adapters and a base with that one make: that of the adapters'
// own config.json; PEFT writes none, then the base's, or labels without names.
ModelHead head_of(const ModelFiles& files, const ModelHead& base);

// Fills the adapters of a model that was made with the files' own options.
void load_adapter(const ModelFiles& files, Model& model);

}  // namespace aiops::train
