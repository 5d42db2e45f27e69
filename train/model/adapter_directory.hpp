// SPDX-License-Identifier: Apache-2.0
// Adapters as the peft package lays them out: adapter_config.json and adapter_model.safetensors.
#pragma once

#include "train/generation/generator.hpp"
#include "train/model/files.hpp"
#include "train/model/lora.hpp"

#include <string>
#include <string_view>

namespace aiops::train {

inline constexpr const char* kAdapterConfig = "adapter_config.json";
inline constexpr const char* kAdapterWeights = "adapter_model";  // .safetensors

// adapter_config.json; `base` is the name of the model that the adapters belong to. The head of a
// classifier is one of its modules_to_save.
std::string adapter_config(const LoraOptions& options, const std::string& base,
                           const ModelHead& head = {});

// What an adapter_config.json says. Throws Error{failed} naming the member that is not supported
// (other methods than LoRA, patterns, biases, saved modules).
struct AdapterConfig {
  LoraOptions lora;
  std::string base;       // base_model_name_or_path
  bool has_head = false;  // a classifier's is among the files
};
AdapterConfig parse_adapter_config(std::string_view text, std::string_view what);

bool is_adapter(const ModelFiles& files);
AdapterConfig read_adapter_config(const ModelFiles& files);

// Fills the adapters of a model that was made with the files' own options.
void load_adapter(const ModelFiles& files, Model& model);

// A base with the adapters of a directory over it, which also says its tokenizer and its end token
// where it has them.
LoadedModel load_adapted(const ModelFiles& base, const ModelFiles& adapter, ThreadPool& threads);

}  // namespace aiops::train
